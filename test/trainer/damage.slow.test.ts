/**
 * The real trainer among damaged, changed and missing files: it goes on from what is whole, with a word about it, and to
 * the same weights, or says clearly what is wrong. Never a crash, never another result in silence.
 */
import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { openSafetensors, readTensorFloat32 } from "../../src/files/safetensors.ts";
import { writeSafetensors } from "../../src/files/safetensors-writer.ts";
import { pauseRun } from "../../src/jobs/control.ts";
import { bestOf, type Checkpoint, listCheckpoints, verifyCheckpoint } from "../../src/runs/checkpoints.ts";
import { encodeEvent } from "../../src/runs/events.ts";
import { readRun } from "../../src/runs/reader.ts";
import { loadTokenizer } from "../../src/text/tokenizer.ts";
import { finished, json, modelCopy, project, rows, start } from "../cli/cli.ts";
import { steps, until, upTo } from "./jobs.ts";

/** Flips one bit in the middle of a file. */
function flipBit(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 0x10;
  writeFileSync(path, bytes);
}

function edit(path: string, change: (text: string) => string): void {
  const text = readFileSync(path, "utf8");
  const changed = change(text);
  assert.notEqual(changed, text, "the test itself must change something");
  writeFileSync(path, changed);
}

/** Starts `tunesmith tune` in a project and pauses it once it has come so far. */
async function pausedRun(place: string, name: string, far: (run: ReturnType<typeof readRun>) => boolean) {
  const run = join(place, name);
  const command = finished(start(place, ["tune", "recipe.json", "--run", name]));
  await until(run, far);
  pauseRun(run);
  assert.equal((await command).code, 130);
  return run;
}

const adapter = (run: string) => readFileSync(join(run, "adapter", "adapter_model.safetensors"));
const newest = (run: string) => listCheckpoints(run).at(-1)!;
const total = 60;
const recipe = {
  method: { name: "lora", rank: 2, dropout: 0.2 },
  train: { steps: total, checkpointEvery: 5, evaluateEvery: 20 },
};

describe("a paused run with damage goes on from what is whole, to the weights of a run left alone", () => {
  const place = project(recipe);
  let paused: string;
  let expected: Buffer;
  before(async () => {
    await json(place, "tune", "recipe.json", "--run", "alone");
    expected = adapter(join(place, "alone"));
    paused = await pausedRun(place, "paused", ({ history }) => history.checkpoints.length >= 3);
    assert.ok(steps(readRun(paused)).at(-1)! < total, "paused before its end");
  });

  const cases: [name: string, damage: (run: string) => void, warning: RegExp][] = [
    [
      "a truncated state",
      (run) => truncateSync(join(newest(run).path, "state.safetensors"), 1000),
      /^the checkpoint .* is damaged: state\.safetensors has 1000 bytes instead of \d+\. It is removed/,
    ],
    [
      "a flipped bit in a state",
      (run) => flipBit(join(newest(run).path, "state.safetensors")),
      /the content of state\.safetensors has changed/,
    ],
    [
      "a progress that is JSON of the same length, but wrong",
      (run) =>
        edit(join(newest(run).path, "progress.json"), (text) =>
          text.replace(/\d(?=\D*$)/, (d) => `${9 - Number(d)}`),
        ),
      /the content of progress\.json has changed/,
    ],
    [
      "a progress that is no JSON",
      (run) => truncateSync(join(newest(run).path, "progress.json"), 5),
      /progress\.json has 5 bytes/,
    ],
    [
      "a file missing",
      (run) => rmSync(join(newest(run).path, "state.safetensors")),
      /state\.safetensors cannot be read \(ENOENT\)/,
    ],
    [
      "a manifest with another step",
      (run) =>
        edit(join(newest(run).path, "manifest.json"), (text) => text.replace(/"step": \d+/, '"step": 3')),
      /its manifest\.json is missing or unreadable/,
    ],
    [
      "all checkpoints damaged",
      (run) => {
        for (const { path } of listCheckpoints(run)) flipBit(join(path, "state.safetensors"));
      },
      /It is removed, and an earlier one is used, or the start if there is none/,
    ],
    [
      "an event altered in the middle",
      (run) => edit(join(run, "events.jsonl"), (text) => text.replace('"type":"step"', '"type":"stop"')),
      /^events\.jsonl, line \d+ is damaged and left out/,
    ],
    [
      "its first event torn, and garbage between",
      (run) => edit(join(run, "events.jsonl"), (text) => `\u0000{"ty\n\n[]\n${text.slice(40)}`),
      /^events\.jsonl, line 1 is damaged/,
    ],
  ];
  for (const [name, damage, warning] of cases) {
    it(name, async () => {
      const run = join(place, name.replaceAll(" ", "-"));
      cpSync(paused, run, { recursive: true });
      damage(run);
      const { code, state, warnings, error } = await json(place, "resume", run);
      assert.deepEqual([code, state], [0, "done"], JSON.stringify(error));
      assert.match(warnings.join("\n"), new RegExp(warning, "m"));
      assert.ok(adapter(run).equals(expected), "the same weights, bit for bit");
      assert.ok(steps(readRun(run)).length >= total - 1);
      for (const { path } of listCheckpoints(run)) verifyCheckpoint(path);
    });
  }

  it("a damaged request is none, and no warning", async () => {
    const run = join(place, "request");
    cpSync(paused, run, { recursive: true });
    writeFileSync(join(run, "control.json"), '{"attempt": 2, "request": "exp');
    const { state, warnings } = await json(place, "resume", run);
    assert.deepEqual([state, warnings], ["done", []]);
    assert.ok(adapter(run).equals(expected));
    assert.deepEqual(steps(readRun(run)), upTo(total));
  });
});

describe("the result is never taken from a damaged checkpoint", () => {
  it("the next best is, with a warning", async () => {
    // The validation rows have others' labels: their loss falls while the form of an answer is learned, then rises.
    const place = project({
      data: { validation: "validation.jsonl" },
      train: { steps: 2000, checkpointEvery: 2, evaluateEvery: 4, learningRate: 5e-3, schedule: "constant" },
    });
    const others: Record<string, string> = { booking: "repair", repair: "account", account: "booking" };
    const misled = rows(12).replace(/"(\w+)"\}/g, (_, label) => `"${others[label]}"}`);
    writeFileSync(join(place, "validation.jsonl"), misled);
    const isOld = ({ step }: Checkpoint, run: string) => step < newest(run).step - 4;
    const run = await pausedRun(place, "run", ({ directory }) => {
      const best = bestOf(listCheckpoints(directory));
      return best !== undefined && isOld(best, directory);
    });
    const best = bestOf(listCheckpoints(run))!;
    flipBit(join(best.path, "state.safetensors"));
    await json(place, "stop", "run");
    const stopped = await until(run, ({ state }) => state === "stopped");
    const { step } = stopped.result as { step: number };
    assert.notEqual(step, best.step);
    const [notice] = stopped.history.notices;
    assert.match(notice!.message, /step-0*\d+ is damaged: .*It had the lowest validation loss/);
  });
});

describe("a paused run whose inputs changed does not go on, and goes on when they are back", () => {
  const model = modelCopy();
  const place = project({ ...recipe, model });
  const train = join(place, "train.jsonl");
  let run: string;
  before(async () => {
    run = await pausedRun(place, "run", ({ history }) => history.checkpoints.length >= 1);
  });

  const weights = join(model, "model.safetensors");
  const cases: [
    name: string,
    path: () => string,
    change: (path: string) => void,
    code: string,
    words: RegExp,
  ][] = [
    [
      "a row added",
      () => train,
      (path) => edit(path, (text) => text + rows(1)),
      "run-inputs-changed",
      /train\.jsonl changed since/,
    ],
    ["the rows gone", () => train, (path) => rmSync(path), "file-not-found", /train\.jsonl does not exist/],
    [
      "a weight of the model",
      () => weights,
      flipBit,
      "run-inputs-changed",
      /the base model .*tiny changed since/,
    ],
    [
      "weights cut off",
      () => weights,
      (path) => truncateSync(path, 5000),
      "safetensors-invalid",
      /model\.safetensors/,
    ],
    ["weights gone", () => weights, (path) => rmSync(path), "model-folder-invalid", /has no weights/],
    [
      "a template",
      () => join(model, "chat_template.jinja"),
      (path) => edit(path, (text) => `${text} `),
      "run-inputs-changed",
      /the base model/,
    ],
    [
      "a setting",
      () => join(run, "recipe.json"),
      (path) => edit(path, (text) => text.replace('"seed": 7', '"seed": 8')),
      "run-inputs-changed",
      /the recipe changed/,
    ],
    [
      "a recipe cut off",
      () => join(run, "recipe.json"),
      (path) => truncateSync(path, 50),
      "run-corrupt",
      /recipe\.json is damaged/,
    ],
    [
      "a recipe's key",
      () => join(run, "recipe.json"),
      (path) => edit(path, (text) => text.replace('"seed"', '"sead"')),
      "run-corrupt",
      /no setting "sead"/,
    ],
    [
      "the job's description",
      () => join(run, "job.json"),
      (path) => writeFileSync(path, "[]"),
      "run-corrupt",
      /job\.json/,
    ],
    [
      "the record of inputs",
      () => join(run, "inputs.json"),
      (path) => writeFileSync(path, "{"),
      "run-corrupt",
      /inputs\.json is missing or damaged/,
    ],
  ];
  for (const [name, path, change, code, words] of cases) {
    it(name, async () => {
      const file = path();
      cpSync(file, `${file}.kept`);
      change(file);
      try {
        const { code: exitCode, error } = await json(place, "resume", "run");
        assert.deepEqual([exitCode, error?.code], [1, code], error?.message);
        assert.match(error.message, words);
      } finally {
        renameSync(`${file}.kept`, file);
      }
    });
  }

  it("the model's folder gone", async () => {
    renameSync(model, `${model}.away`);
    const { error } = await json(place, "resume", "run");
    assert.deepEqual([error.code, error.message], ["file-not-found", `the model ${model} is no folder`]);
    renameSync(`${model}.away`, model);
  });

  it("after all of this, with everything back", async () => {
    const { code, state } = await json(place, "resume", "run");
    assert.deepEqual([code, state], [0, "done"]);
    await json(place, "tune", "recipe.json", "--run", "alone");
    assert.ok(adapter(run).equals(adapter(join(place, "alone"))));
  });

  it("and is not compared on rows that may not be what training left out", async () => {
    edit(train, (text) => text + rows(1));
    const { code, error } = await json(place, "compare", "run", "--shots", "0", "--limit", "1");
    assert.deepEqual([code, error.code], [1, "run-inputs-changed"]);
  });
});

describe("a loss that is not finite", () => {
  /** The bundled model with an output layer of its own, so that one token's embedding can be spoilt alone. */
  async function spoiltModel(word: string, others: string): Promise<string> {
    const folder = modelCopy();
    const file = join(folder, "model.safetensors");
    const tensors = await openSafetensors(file);
    const embedding = "model.embed_tokens.weight";
    const tokenizer = loadTokenizer(folder);
    const known = new Set(await tokenizer.encode(others));
    const spoilt = (await tokenizer.encode(word)).find((id) => !known.has(id))!;
    const written = [];
    for (const [name, entry] of tensors) {
      const tensor = {
        name,
        dtype: "F32" as const,
        shape: [...entry.shape],
        data: await readTensorFloat32(entry),
      };
      if (name === embedding) {
        const width = entry.shape[1]!;
        written.push({ ...tensor, name: "lm_head.weight", data: tensor.data.slice() });
        tensor.data.fill(Number.NaN, spoilt * width, (spoilt + 1) * width);
      }
      written.push(tensor);
    }
    rmSync(file);
    await writeSafetensors(file, written);
    edit(join(folder, "config.json"), (text) => text.replace(/("tie_word_embeddings": )true/, "$1false"));
    return folder;
  }

  const bad = '{"prompt":"please refund it","completion":"account"}\n';
  const good = rows(11);

  it("ends the run with the step and its rows, and the checkpoint before it stays", async () => {
    const model = await spoiltModel("refund", good);
    const train = { steps: 20, gradientAccumulation: 2, checkpointEvery: 1, seed: 1 };
    const place = project({ model, data: { validation: 0, test: 0 }, train });
    writeFileSync(join(place, "train.jsonl"), good + bad);
    const { code, error } = await json(place, "tune", "recipe.json", "--run", "run");
    assert.deepEqual([code, error.code], [1, "loss-not-finite"]);
    const [, step, names] =
      /^step (\d+): the loss is NaN \((.*)\)$/.exec(error.message) ?? assert.fail(error.message);
    assert.ok(Number(step) > 1, "a step before it, for there to be a checkpoint");
    const lines = names!.split(", ");
    assert.deepEqual([lines.length, lines.includes("train.jsonl:12")], [4, true], names);
    const run = join(place, "run");
    assert.deepEqual([readRun(run).state, steps(readRun(run))], ["failed", upTo(Number(step) - 1)]);
    assert.equal(newest(run).step, Number(step) - 1);
    verifyCheckpoint(newest(run).path);
    // What it has learned until then can be kept.
    await json(place, "stop", "run");
    await until(run, ({ state }) => state === "stopped");
    assert.ok(adapter(run).length > 0);
  });

  it("on validation rows is said too, before anything is trained for nothing", async () => {
    const model = await spoiltModel("refund", good);
    const place = project({ model, data: { validation: "validation.jsonl", test: 0 } });
    writeFileSync(join(place, "validation.jsonl"), bad);
    const { code, error } = await json(place, "tune", "recipe.json", "--run", "run");
    assert.deepEqual([code, error.code], [1, "loss-not-finite"]);
    assert.match(error.message, /the validation loss after step 0 is NaN/);
    assert.deepEqual(readRun(join(place, "run")).problems, []);
  });
});

describe("a template that prints the date", () => {
  it("prints the day on which the run was made, however late it goes on or is compared", async () => {
    const model = modelCopy();
    edit(join(model, "chat_template.jinja"), (text) => `{{ strftime_now("%Y %d") }}${text}`);
    const place = project({ ...recipe, model });
    const made = await pausedRun(place, "run", ({ history }) => history.checkpoints.length >= 1);
    // As if it had been made years ago, and paused since.
    const [run, other] = ["old", "older"].map((name) => join(place, name)) as [string, string];
    for (const [copy, created] of [
      [run, "2011-03-05T12:00:00.000Z"],
      [other, "2017-08-29T12:00:00.000Z"],
    ] as const) {
      cpSync(made, copy, { recursive: true });
      edit(join(copy, "job.json"), (text) => text.replace(/"created": ".*?"/, `"created": "${created}"`));
      assert.equal((await json(place, "resume", copy)).state, "done");
    }
    assert.ok(!adapter(run).equals(adapter(other)), "the date is part of what is learned");
    await json(place, "compare", run, "--shots", "0", "--limit", "1");
    const [comparison] = readdirSync(join(run, "comparisons"));
    const answers = readFileSync(join(run, "comparisons", comparison!, "answers.jsonl"), "utf8");
    const prompts = answers
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).answer.prompt);
    assert.ok(prompts.length > 0);
    for (const prompt of prompts) assert.match(prompt, /^2011 05/);
  });
});

it("an event of a newer kind, or with a broken field, is no reason to stop", async () => {
  const place = project();
  await json(place, "tune", "recipe.json", "--run", "run");
  const run = join(place, "run");
  const strange = encodeEvent({ type: "step" } as never, Date.now());
  edit(join(run, "events.jsonl"), (text) => `${strange}${encodeEvent({ type: "dream" } as never, 1)}${text}`);
  const { state, problems } = readRun(run);
  assert.deepEqual([state, problems.length], ["done", 1]);
});
