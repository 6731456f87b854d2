/** What a real comparison keeps to: which rows it asks, shows and chooses by, and that being killed changes nothing. */
import assert from "node:assert/strict";
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { ComparisonRecord } from "../../src/evaluate/comparison.ts";
import { ComparisonTail } from "../../src/runs/comparison.ts";
import { createComparison, createRun } from "../../src/runs/directory.ts";
import { type Recipe, resolveRecipe } from "../../src/runs/recipe.ts";
import { readTuningData } from "../../src/trainer/data.ts";
import { openModel, openResult, tunedModel } from "../../src/trainer/models.ts";
import { Responder } from "../../src/trainer/responder.ts";
import { temporaryFolder } from "../runs/temporary.ts";
import { finish } from "./finish.ts";

const folder = temporaryFolder();
let recipe: Recipe;
let run: string;
let directory: string;
let record: ComparisonRecord;
const compare = () => createComparison({ run, shots: [2, 0, 1], limit: 24, test: null });

before(async () => {
  copyFileSync(
    fileURLToPath(new URL("../../assets/sample/support.jsonl", import.meta.url)),
    join(folder, "support.jsonl"),
  );
  recipe = resolveRecipe(
    {
      model: "tiny",
      data: { train: "support.jsonl", validation: 30, test: 40 },
      method: { name: "lora", rank: 8 },
      train: { steps: 30, batchSize: 8, learningRate: 5e-3, seed: 5 },
    },
    folder,
  );
  run = createRun("run", recipe, { directory: join(folder, "run") });
  assert.equal((await finish(run)).state, "done");
  directory = compare();
  assert.equal((await finish(directory)).state, "done");
  record = JSON.parse(readFileSync(join(directory, "result.json"), "utf8"));
});

describe("a comparison", () => {
  it("asks test rows only, and shows training rows only", () => {
    const { train, validation, test } = readTuningData(recipe);
    const ids = (rows: readonly { id: string }[]) => new Set(rows.map(({ id }) => id));
    assert.equal(record.rows.length, 24);
    for (const { id } of record.rows) assert.ok(ids(test).has(id), `${id} is a test row`);
    assert.ok(record.shots.length > 0);
    for (const { id } of record.shots) {
      assert.ok(
        ids(train).has(id) && !ids(test).has(id) && !ids(validation).has(id),
        `${id} is a training row`,
      );
    }
    const questions = new Set(train.map(({ row }) => JSON.stringify(row)));
    assert.ok(
      test.every(({ row }) => !questions.has(JSON.stringify(row))),
      "no test row is a training row too",
    );
  });

  it("puts the shots before the question, as turns of the model's own template", () => {
    assert.deepEqual(
      record.ways.map(({ id }) => id),
      ["zero-shot", "one-shot", "few-shot-2", "fine-tuned"],
    );
    const shots = new Map(record.shots.map((shot) => [shot.id, shot]));
    for (const { messages, answers } of record.rows) {
      for (const { id, shots: count } of record.ways) {
        const answer = answers[id]!;
        assert.equal(answer.shots.length, count);
        const shown = answer.shots.map((shot) => {
          const { messages: asked, answer: given } = shots.get(shot)!;
          return `${asked[0]!.content} => ${given}<|end|>`;
        });
        assert.equal(answer.prompt, `${shown.join("")}${messages[0]!.content} => `);
      }
    }
  });

  it("fills evenly: a part of the answers is a smaller comparison, and all of them the record", () => {
    const lines = readFileSync(join(directory, "answers.jsonl"), "utf8").trimEnd().split("\n");
    const place = join(folder, "on-its-way");
    mkdirSync(place);
    copyFileSync(join(directory, "plan.json"), join(place, "plan.json"));
    writeFileSync(join(place, "answers.jsonl"), "");
    const tail = new ComparisonTail(place);
    assert.equal(tail.read().record!.rows.length, 0);
    const validation = 3 * 30;
    const seen = lines.map((line, i) => {
      appendFileSync(join(place, "answers.jsonl"), `${line}\n`);
      const { rows, choice } = tail.read().record!;
      assert.equal(
        choice.pending ?? false,
        i + 1 < validation,
        "the prompting is chosen before any test row",
      );
      assert.deepEqual(
        rows.map(({ id }) => id),
        record.rows.slice(0, rows.length).map(({ id }) => id),
      );
      return rows.length;
    });
    assert.equal(seen[validation - 1], 0);
    assert.equal(seen[validation + 4 * 16 - 1], 16, "a block has gone through all four ways");
    assert.equal(seen[validation + 4 * 24 - 1], 24);
    const { record: last, finished } = tail.read();
    assert.equal(finished, false);
    assert.deepEqual({ ...last, made: "" }, { ...record, made: "" });
  });

  it("asks in an order that does not follow the file, so that what comes first stands for all", () => {
    const places = record.rows.slice(0, 16).map(({ id }) => Number(id.split(":")[1]));
    const all = record.rows.map(({ id }) => Number(id.split(":")[1])).sort((a, b) => a - b);
    assert.ok(Math.max(...places) > all[16]!, "the first rows are not the first of the file");
  });

  it("chooses the prompting on the validation rows", () => {
    const { rows, scores } = record.choice;
    assert.equal(rows, 30);
    assert.deepEqual(Object.keys(scores).sort(), ["few-shot-2", "one-shot", "zero-shot"]);
    assert.equal(scores[record.baseline], Math.max(...Object.values(scores)));
  });

  it("has the answers and losses that the models give when asked one by one", async () => {
    const base = await openModel("tiny");
    const { tuned, model } = await openResult(base, join(run, "adapter"));
    for (const [way, responder] of [
      ["zero-shot", new Responder(base.chat, await tunedModel(base))],
      ["fine-tuned", new Responder(model.chat, tuned)],
    ] as const) {
      for (const { messages, reference, answers } of record.rows.slice(0, 6)) {
        const [reply] = await responder.answer([await responder.prompt(messages)], { maxTokens: 12 });
        assert.equal(reply!.text, answers[way]!.text);
        const [loss] = await responder.referenceLosses([{ messages, reference }]);
        const { nats, tokens } = answers[way]!.loss!;
        assert.ok(
          Math.abs(loss!.nats - nats) < 1e-4 * Math.max(1, nats),
          `${loss!.nats} alone, ${nats} in the record`,
        );
        assert.equal(loss!.tokens, tokens);
      }
      await responder.release();
    }
  });

  it("comes out the same when it was killed on the way, and its last line torn", async () => {
    const directory = compare();
    const answers = join(directory, "answers.jsonl");
    let kept = 0;
    let state = "";
    for (let tries = 0; tries < 4 || (kept <= 1 && tries < 20); tries++) {
      ({ state } = await finish(directory, 500 + 400 * tries));
      if (state === "done") break;
      assert.equal(state, "interrupted");
      const whole = readFileSync(answers, { encoding: "utf8", flag: "a+" }).split("\n").length;
      assert.ok(whole >= kept, "answers are not lost");
      kept = whole;
      appendFileSync(answers, '{"key":"test/zero-shot/3","ans');
    }
    assert.ok(kept > 1, "it was killed after its first answers");
    // On a fast machine the last try may have come to its end.
    if (state !== "done") ({ state } = await finish(directory));
    assert.equal(state, "done");
    const keys = readFileSync(answers, "utf8")
      .split("\n")
      .flatMap((line) => (line.endsWith("}}") ? (JSON.parse(line).key as string) : []));
    assert.equal(new Set(keys).size, keys.length, "no answer was written twice");
    assert.equal(keys.length, 3 * 30 + 4 * 24 + 4 * 16 * 3);
    const again: ComparisonRecord = JSON.parse(readFileSync(join(directory, "result.json"), "utf8"));
    assert.deepEqual(withoutTimes(again), withoutTimes(record));
  });
});

/** Without what differs from one time to the next. */
function withoutTimes(value: ComparisonRecord): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, each) => (key === "seconds" || key === "made" ? undefined : each)),
  );
}
