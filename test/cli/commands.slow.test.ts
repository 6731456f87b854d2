/** Every command doing its work, from the recipe of the documentation to the verdict, with the real program. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { readRun } from "../../src/runs/reader.ts";
import { until } from "../trainer/jobs.ts";
import { finished, json, project, rows, start, tunesmith, writeRecipe } from "./cli.ts";

/** As in README.md, word for word but for the model. */
const documented = {
  model: "tiny",
  data: { train: "train.jsonl", validation: 0.1 },
  method: { name: "lora", rank: 16, alpha: 32, dropout: 0, targets: "all-linear" },
  train: {
    epochs: 3,
    batchSize: 4,
    gradientAccumulation: 2,
    learningRate: 2e-4,
    schedule: "cosine",
    warmupRatio: 0.05,
    maxLength: 512,
    seed: 7,
  },
};

describe("the documented recipe", () => {
  const place = project({ rows: 40 });
  before(() => writeRecipe(place, documented));

  it("is estimated", async () => {
    const { code, steps, fits, trainableParameters, warnings } = await json(place, "estimate", "recipe.json");
    assert.deepEqual([code, steps, fits, warnings], [0, 12, true, []]);
    assert.ok(trainableParameters > 0);
    const { stdout } = await tunesmith(place, "estimate", "recipe.json");
    assert.match(stdout, /^steps +12$/m);
    assert.match(stdout, /^It fits\.$/m);
  });

  it("is tuned, and `runs` lists the run", async () => {
    const { code, stdout } = await tunesmith(place, "tune", "recipe.json");
    assert.equal(code, 0);
    assert.match(stdout, /^Done at step \d+, validation loss \d+\.\d+\.$/m);
    const listed = await tunesmith(place, "runs");
    assert.match(listed.stdout, /-recipe +done +12\/12 +\d/);
    const { runs } = await json(place, "runs");
    assert.deepEqual([runs.length, runs[0].state, runs[0].step, runs[0].totalSteps], [1, "done", 12, 12]);
    assert.ok(existsSync(join(runs[0].directory, "adapter", "adapter_model.safetensors")));
    const { recipe } = readRun(runs[0].directory);
    const { validation } = documented.data;
    assert.deepEqual(
      [recipe?.method.name, recipe?.data.validation, recipe?.train.epochs],
      ["lora", validation, 3],
    );
  });

  it("is compared, by a part of the run's name", async () => {
    const args = ["compare", "recipe", "--shots", "0, 1,1", "--limit", "3"];
    const { code, verdict, summaries, page, warnings } = await json(place, ...args);
    assert.deepEqual([code, warnings], [0, []]);
    assert.equal(typeof verdict.headline, "string");
    assert.equal(summaries.length, 3, "zero-shot, one-shot and fine-tuned: each once");
    assert.match(readFileSync(page, "utf8"), /^<!doctype html>/i);
  });
});

describe("a run of its own directory", () => {
  const place = project();
  before(async () => {
    const told = await json(place, "tune", "recipe.json", "--run", "mine");
    assert.deepEqual([told.code, told.run, told.state, told.steps], [0, join(place, "mine"), "done", 4]);
    assert.deepEqual([told.result.folder, told.result.lastStep, told.warnings], ["adapter", 4, []]);
  });

  it("does not make way for another", async () => {
    const { code, error } = await json(place, "tune", "recipe.json", "--run", "mine");
    assert.deepEqual([code, error.code], [1, "run-state"]);
    assert.match(error.hint, /tunesmith resume .*mine/);
  });

  it("that is done is neither paused, stopped nor resumed", async () => {
    for (const command of ["pause", "stop", "resume"]) {
      const { code, error } = await json(place, command, "mine");
      assert.deepEqual([command, code, error.code], [command, 1, "run-state"]);
    }
  });

  it("leaves an adapter that generate and evaluate take by a relative path", async () => {
    const prompt = ["--model", "tiny", "--prompt", "my booking number 107", "--max-tokens", "5"];
    const { code, text, outputTokens, promptTokens } = await json(place, "generate", ...prompt);
    assert.equal(code, 0);
    assert.ok(outputTokens <= 5 && promptTokens > 0 && typeof text === "string");
    const { stdout, stderr } = await tunesmith(place, "generate", ...prompt);
    assert.deepEqual([stdout, stderr], [`${text}\n`, ""], "the same text, as it comes");

    const sampled = [...prompt, "--adapter", "mine/adapter", "--temperature", "1.5", "--seed", "3"];
    const [one, two] = [await json(place, "generate", ...sampled), await json(place, "generate", ...sampled)];
    assert.deepEqual([one.code, one.text], [0, two.text], "a seed draws the same again");

    const evaluate = ["evaluate", "--model", "tiny", "--data", "train.jsonl", "--limit", "6"];
    const base = await json(place, ...evaluate);
    const tuned = await json(place, ...evaluate, "--adapter", "mine/adapter");
    assert.deepEqual([base.code, base.rows, base.leftOut, base.warnings], [0, 6, 0, []]);
    assert.ok(Math.abs(Math.log(base.perplexity) - base.loss) < 1e-9);
    assert.ok(tuned.loss < base.loss, "it has learned");
    assert.match((await tunesmith(place, ...evaluate)).stdout, /^perplexity +\d/m);
  });

  it("is compared on rows of another file", async () => {
    writeFileSync(join(place, "asked.jsonl"), rows(2));
    const args = ["compare", "mine", "--shots", "0", "--test", "asked.jsonl"];
    const { code, summaries } = await json(place, ...args);
    assert.deepEqual([code, summaries.length], [0, 2]);
    const missing = await json(place, ...args.slice(0, -1), "missing.jsonl");
    assert.deepEqual([missing.code, missing.error.code], [1, "file-not-found"]);
  });

  it("has shots that are whole numbers", async () => {
    const before = readdirSync(join(place, "mine", "comparisons")).length;
    for (const shots of ["", "0,,1", "few", "-1", "1.5", "0,1001"]) {
      const { code, error } = await json(place, "compare", "mine", `--shots=${shots}`);
      assert.deepEqual([shots, code, error?.code], [shots, 1, "usage"]);
    }
    assert.equal(readdirSync(join(place, "mine", "comparisons")).length, before, "nothing is left of them");
  });

  it("is all that compare takes: no comparison", async () => {
    const [comparison] = readdirSync(join(place, "mine", "comparisons"));
    const { error } = await json(place, "compare", join("mine", "comparisons", comparison!));
    assert.deepEqual([error.code, /is no tuning run/.test(error.message)], ["run-state", true]);
  });
});

describe("a recipe without test rows", () => {
  it("is tuned, but has nothing to be compared on", async () => {
    const place = project({ data: { test: 0 } });
    await json(place, "tune", "recipe.json", "--run", "run");
    const { code, error } = await json(place, "compare", "run");
    assert.deepEqual([code, error.code], [1, "dataset-empty"]);
    assert.match(error.hint, /--test FILE/);
  });
});

describe("records that cannot be read", () => {
  const place = project();
  const text = rows(12).split("\n");
  text.splice(2, 0, "{broken");
  text.splice(7, 0, '{"prompt": "no answer"}');
  before(() => writeFileSync(join(place, "train.jsonl"), text.join("\n")));
  const warning =
    /^train\.jsonl: 2 of 14 records cannot be read and are left out \(line 3, column 2: .*; line 8: /;

  it("are a warning of the run, in its events and in what tune says", async () => {
    const { code, warnings, run } = await json(place, "tune", "recipe.json", "--run", "run");
    assert.deepEqual([code, warnings.length], [0, 1]);
    assert.match(warnings[0], warning);
    const [notice] = readRun(run).history.notices;
    assert.deepEqual([notice?.level, notice?.message], ["warning", warnings[0]]);
    const { stdout } = await tunesmith(place, "tune", "recipe.json", "--run", "again");
    assert.ok(stdout.startsWith(`Warning: ${warnings[0]}\nDone at step 4`), stdout);
  });

  it("are a warning of estimate, evaluate and compare too", async () => {
    for (const args of [
      ["estimate", "recipe.json"],
      ["evaluate", "--model", "tiny", "--data", "train.jsonl", "--limit", "2"],
      ["compare", "run", "--shots", "0", "--limit", "1"],
    ]) {
      const { code, warnings } = await json(place, ...args);
      assert.deepEqual([args[0], code, warnings?.length], [args[0], 0, 1]);
      assert.match(warnings[0], warning);
      assert.match((await tunesmith(place, ...args)).stdout, /^Warning: train\.jsonl: 2 of 14 records/);
    }
  });
});

describe("a comparison that is paused", () => {
  it("goes on with resume, and ends with the table as compare does", async () => {
    const place = project({ rows: 80, data: { validation: 4, test: 60 } });
    await json(place, "tune", "recipe.json", "--run", "run");
    const asked = join(place, "asked.jsonl");
    writeFileSync(asked, rows(60));
    const comparing = start(place, ["compare", "run", "--shots", "0,1", "--test", "asked.jsonl"]);
    const told = finished(comparing);
    const folder = join(place, "run", "comparisons");
    while (!existsSync(folder) || readdirSync(folder).filter((name) => !name.startsWith(".")).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const comparison = join(folder, readdirSync(folder)[0]!);
    await until(comparison, ({ state }) => state === "running");
    const stop = await json(place, "stop", comparison);
    assert.deepEqual([stop.code, stop.error.code], [1, "run-state"], "it has nothing to keep yet");
    assert.equal((await json(place, "pause", comparison)).code, 0);
    const paused = await told;
    assert.equal(paused.code, 130);
    assert.match(paused.stdout, /^Paused\. Go on with: tunesmith resume run.comparisons./m);
    assert.equal(readRun(comparison).state, "paused");

    // Answers to other questions than those that are there now must not be counted.
    writeFileSync(asked, rows(59));
    const changed = await json(place, "resume", comparison);
    assert.deepEqual([changed.code, changed.error.code], [1, "run-inputs-changed"]);
    assert.match(changed.error.message, /asked\.jsonl changed since/);
    writeFileSync(asked, rows(60));

    const { code, stdout } = await tunesmith(place, "resume", comparison);
    assert.equal(code, 0);
    assert.match(stdout, /^ +Zero-shot +One-shot +Fine-tuned$/m);
    assert.match(stdout, /^Page: run.comparisons.*comparison\.html$/m);
    const finishedAlready = await json(place, "resume", comparison);
    assert.equal(finishedAlready.error.code, "run-state");
  });
});
