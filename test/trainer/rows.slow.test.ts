/** The record of rows that the real trainer leaves: against evaluating the same rows, long texts, damage. */
import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { readDataset } from "../../src/data/read.ts";
import { rowHash } from "../../src/data/row-hash.ts";
import { Scorer } from "../../src/engine/train/scorer.ts";
import { pauseRun } from "../../src/jobs/control.ts";
import { spawnJob } from "../../src/jobs/spawn.ts";
import { createRun } from "../../src/runs/directory.ts";
import { readRun } from "../../src/runs/reader.ts";
import { resolveRecipe } from "../../src/runs/recipe.ts";
import { latestHistoryFor, readRowHistory } from "../../src/runs/row-history.ts";
import { readRowLog } from "../../src/runs/row-log.ts";
import { prepareRow, prepareRows } from "../../src/text/training-tokens.ts";
import { evaluateModel } from "../../src/trainer/evaluating.ts";
import { openModel, tunedModel } from "../../src/trainer/models.ts";
import { temporaryFolder } from "../runs/temporary.ts";
import { finish } from "./finish.ts";
import { until } from "./jobs.ts";

const sample = fileURLToPath(new URL("../../assets/sample/support.jsonl", import.meta.url));
const folder = temporaryFolder();
const write = (name: string, lines: readonly string[]) => {
  writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
  return join(folder, name);
};
const lines = readFileSync(sample, "utf8").trim().split("\n").slice(0, 30);
// Blank lines and one that cannot be read, so that lines are not indices.
const train = write("train.jsonl", ["", ...lines.slice(0, 7), "{", "", ...lines.slice(7)]);

function create(name: string, settings: { train?: string; method?: object; settings?: object }): string {
  const recipe = resolveRecipe(
    {
      model: "tiny",
      data: { train: settings.train ?? train, validation: 0, test: 6 },
      method: settings.method ?? { name: "lora", rank: 2 },
      train: {
        epochs: 2,
        batchSize: 4,
        gradientAccumulation: 2,
        schedule: "constant",
        warmupSteps: 0,
        threads: 1,
        seed: 5,
        ...settings.settings,
      },
    },
    folder,
  );
  return createRun(name, recipe, { directory: join(folder, ".tunesmith", "runs", name) });
}

async function done(directory: string): Promise<string> {
  const { state, history } = await finish(directory);
  assert.equal(state, "done", JSON.stringify(history.ended?.error));
  return directory;
}

const close = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) < 1e-5 * expected, `${what}: ${actual} instead of ${expected}`);

describe("the rows of a run that changes nothing", () => {
  const still = { learningRate: 1e-30 };
  for (const [name, method] of Object.entries({ lora: { name: "lora", rank: 2 }, full: { name: "full" } })) {
    it(`have the loss that evaluating them gives, in every epoch (${name})`, async () => {
      const { rows } = readRowHistory(await done(create(`still-${name}`, { method, settings: still })))!;
      const dataset = readDataset(train).rows;
      assert.deepEqual([dataset.length, rows.length], [30, 24]);
      const written = readFileSync(train, "utf8").split("\n");
      for (const { path, line, hash, history } of rows) {
        assert.deepEqual([path, history.epochs], [train, 2]);
        const row = dataset.find((each) => each.line === line)!;
        assert.equal(hash, rowHash(row.row));
        close(history.losses[0]!, history.lastLoss, `line ${line}, from epoch to epoch`);
      }
      for (const { line, history } of rows.slice(0, 6)) {
        const alone = { data: write("alone.jsonl", [written[line - 1]!]), model: "tiny", limit: undefined };
        const { loss } = await evaluateModel({ ...alone, adapter: undefined });
        close(history.lastLoss, loss, `line ${line}`);
      }
      const trained = rows.map(({ line }) => written[line - 1]!);
      const all = { data: write("all.jsonl", trained), model: "tiny", limit: undefined };
      const { loss, tokens } = await evaluateModel({ ...all, adapter: undefined });
      const seen = readRowLog(join(folder, ".tunesmith", "runs", `still-${name}`)).steps;
      const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
      assert.equal(sum(seen.flatMap((step) => step.tokens)), 2 * tokens);
      close(sum(seen.flatMap((step) => step.nll)) / (2 * tokens), loss, "all rows");
    });
  }

  it("add up the parts of a text that is longer than an example may be", async () => {
    const words = lines.map((line) => JSON.parse(line).prompt as string);
    const texts = [words.slice(0, 12), words.slice(12, 14), words.slice(14, 29)].map((part) =>
      part.join(" "),
    );
    const path = write(
      "texts.jsonl",
      [...texts, ...words].map((text) => JSON.stringify({ text })),
    );
    const options = { maxLength: 32, loss: "completions" as const };
    const settings = { ...still, maxLength: options.maxLength, epochs: 3 };
    const { rows } = readRowHistory(await done(create("texts", { train: path, settings })))!;
    const { chat, ...model } = await openModel("tiny");
    const scorer = new Scorer(await tunedModel({ chat, ...model }), { batchSize: 2, threads: 1 });
    let parts = 0;
    for (const { line, history } of rows) {
      const { row } = readDataset(path).rows.find((each) => each.line === line)!;
      const examples = await prepareRows([row], chat.tokenizer, chat.template, options);
      parts = Math.max(parts, examples.length);
      const { loss, tokens } = await scorer.meanLoss(examples);
      for (const each of history.losses) close(each, loss, `line ${line}, ${examples.length} parts`);
      assert.equal(history.epochs, 3);
      const whole = await prepareRow(row, chat.tokenizer, chat.template, { ...options, maxLength: 1e6 });
      assert.equal(
        tokens,
        whole.trained.reduce((sum, is) => sum + is, 0),
      );
    }
    assert.ok(parts > 3);
    await scorer.release();
  });
});

describe("the rows of a run that learns", () => {
  it("are learned, or not; and the run is found by its dataset", async () => {
    const directory = await done(create("learning", { settings: { epochs: 12, learningRate: 0.01 } }));
    const found = latestHistoryFor(train, join(folder, ".tunesmith", "runs"))!;
    assert.equal(found.directory, directory);
    const falls = found.rows.filter(({ history }) => history.lastLoss < history.losses[0]!);
    assert.ok(falls.length > 20, `${falls.length} of ${found.rows.length} rows have a lower loss at the end`);
    const never = found.rows.filter(({ history }) => history.neverLearned).length;
    assert.ok(never < 12, `${never} of ${found.rows.length} rows were learned in no epoch`);
  });
});

describe("a paused run whose record of rows is damaged goes on, to the same weights", () => {
  const settings = { epochs: 30, checkpointEvery: 2 };
  const weights = (run: string) => readFileSync(join(run, "adapter", "adapter_model.safetensors"));
  let expected: string;
  let paused: string;
  before(async () => {
    expected = await done(create("alone", { settings }));
    paused = create("paused", { settings });
    await spawnJob(paused);
    await until(paused, ({ history }) => history.checkpoints.length > 2);
    pauseRun(paused);
    await until(paused, ({ holder }) => !holder.held);
    assert.equal(readRun(paused).state, "paused");
  });

  const log = (run: string) => join(run, "rows.jsonl");
  const cases: [name: string, damage: (run: string) => void, isWhole: boolean][] = [
    ["not at all", () => {}, true],
    ["a torn line", (run) => writeFileSync(log(run), '{"type":"st', { flag: "a" }), true],
    [
      "its names",
      (run) => writeFileSync(log(run), readFileSync(log(run), "utf8").replace("path", "Path")),
      true,
    ],
    ["cut in half", (run) => truncateSync(log(run), readFileSync(log(run)).length >> 1), false],
    ["gone", (run) => rmSync(log(run)), false],
    ["garbage", (run) => writeFileSync(log(run), Buffer.alloc(5000)), false],
  ];
  for (const [name, damage, isWhole] of cases) {
    it(name, async () => {
      const run = join(folder, name.replaceAll(" ", "-"));
      cpSync(paused, run, { recursive: true });
      damage(run);
      await done(run);
      assert.ok(weights(run).equals(weights(expected)), "bit for bit");
      const [found, whole] = [readRowHistory(run)!.rows, readRowHistory(expected)!.rows];
      if (isWhole) return assert.deepEqual(found, whole);
      assert.equal(found.length, whole.length);
      for (const [i, { history, ...row }] of found.entries()) {
        const { history: all, ...same } = whole[i]!;
        assert.deepEqual(row, same);
        assert.ok(history.epochs < all.epochs, "some epochs are lost");
        assert.equal(history.lastLoss, all.lastLoss);
      }
    });
  }
});
