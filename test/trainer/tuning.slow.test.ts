/** What a real tuning run decides: its best checkpoint, when it has had enough, which rows it leaves out. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pauseRun } from "../../src/jobs/control.ts";
import { spawnJob } from "../../src/jobs/spawn.ts";
import { listCheckpoints } from "../../src/runs/checkpoints.ts";
import { createRun } from "../../src/runs/directory.ts";
import { type RunSummary, readRun } from "../../src/runs/reader.ts";
import { resolveRecipe } from "../../src/runs/recipe.ts";
import { bestValidation } from "../../src/runs/schema.ts";
import { evaluateModel } from "../../src/trainer/evaluating.ts";
import { temporaryFolder } from "../runs/temporary.ts";
import { finish } from "./finish.ts";

const sample = fileURLToPath(new URL("../../assets/sample/support.jsonl", import.meta.url));
const rows = readFileSync(sample, "utf8").trim().split("\n");
const folder = temporaryFolder();
const write = (name: string, lines: readonly string[]) =>
  writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
write("train.jsonl", rows.slice(0, 64));
// Each queue under the next one's name: the loss falls while the form of an answer is learned, then rises for good.
const queues = ["billing", "delivery", "account", "repair", "booking"];
write(
  "validation.jsonl",
  rows
    .slice(64, 104)
    .map((row) => row.replace(/"(\w+)"\}$/, (_, name) => `"${queues[(queues.indexOf(name) + 1) % 5]}"}`)),
);

interface Result {
  outcome: string;
  folder: string;
  step: number;
  lastStep: number;
  totalSteps: number;
  validationLoss: number | null;
}

let runs = 0;
function create(train: object, data: object = {}): string {
  const recipe = resolveRecipe(
    {
      model: "tiny",
      data: { train: "train.jsonl", validation: "validation.jsonl", test: 0, ...data },
      method: { name: "lora", rank: 8 },
      train: {
        batchSize: 8,
        gradientAccumulation: 1,
        schedule: "constant",
        warmupSteps: 0,
        seed: 3,
        ...train,
      },
    },
    folder,
  );
  return createRun("run", recipe, { directory: join(folder, `run-${runs++}`) });
}

async function tune(train: object, data: object = {}): Promise<RunSummary & { result: Result }> {
  const run = await finish(create(train, data));
  assert.equal(run.state, "done", JSON.stringify(run.history.ended?.error));
  return { ...run, result: run.result as Result };
}

const overfitting = { steps: 60, learningRate: 5e-3, evaluateEvery: 4 };

describe("a run", () => {
  it("keeps the checkpoint with the lowest validation loss, as the files it leaves show", async () => {
    const { result, history, directory } = await tune(overfitting);
    const after = history.validations.filter(({ step }) => step > 0);
    const best = after.reduce((least, each) => (each.loss < least.loss ? each : least));
    assert.deepEqual([result.step, result.lastStep], [best.step, 60]);
    assert.ok(best.step < 60, "the loss rose again, or this shows nothing");
    const found = await evaluateModel({
      model: "tiny",
      adapter: join(directory, result.folder),
      data: join(folder, "validation.jsonl"),
      limit: undefined,
    });
    assert.ok(
      Math.abs(found.loss - best.loss) < 1e-5 * best.loss,
      `${found.loss} on disk, ${best.loss} in the run`,
    );
    assert.ok(found.loss < after.at(-1)!.loss);
  });

  it("keeps the last one when told so", async () => {
    const { result } = await tune({ ...overfitting, steps: 40, keepBest: false });
    assert.deepEqual([result.step, result.lastStep], [40, 40]);
  });

  it("stops early after so many validations without a new best", async () => {
    const { result, history } = await tune({ ...overfitting, steps: 400, earlyStopping: { patience: 3 } });
    const losses = history.validations.filter(({ step }) => step > 0).map(({ loss }) => loss);
    assert.ok(result.lastStep < 400);
    assert.equal(result.lastStep, losses.length * 4);
    assert.equal(losses.indexOf(Math.min(...losses)), losses.length - 1 - 3);
    assert.equal(result.step, (losses.length - 3) * 4);
  });

  it("keeps the best one also when it is paused right after it", async () => {
    // Every step is validated, so a pause at any moment comes right after a validation.
    const often = { steps: 40, learningRate: 5e-3, evaluateEvery: 1, checkpointEvery: 40 };
    const undisturbed = await tune(often);
    const directory = create(often);
    for (let step = 1; step < 12; step += 2) {
      const { pid } = await spawnJob(directory);
      while (readRun(directory).history.steps.length < step) await sleep(2);
      pauseRun(directory);
      while (readRun(directory).holder.held) await sleep(10);
      const { state, history } = readRun(directory);
      assert.equal(state, "paused", `process ${pid}`);
      const best = bestValidation(history)!;
      assert.equal(
        listCheckpoints(directory).find((each) => each.step === best.step)?.validationLoss,
        best.loss,
      );
    }
    const { state, result } = await finish(directory);
    assert.equal(state, "done");
    const { trainingSeconds: _, peakMemoryBytes: __, ...kept } = result as unknown as Record<string, unknown>;
    const expected = undisturbed.result as unknown as Record<string, unknown>;
    for (const [key, value] of Object.entries(kept)) assert.deepEqual(value, expected[key], key);
  });

  it("counts epochs in steps of whole batches, and says what it trains on", async () => {
    const { history } = await tune({ epochs: 2, batchSize: 10, gradientAccumulation: 3 });
    // 64 rows: 7 batches, the last of 4 rows; 3 steps an epoch.
    assert.equal(history.steps.length, 6);
    assert.equal(history.steps.at(-1)!.epoch, 2);
    assert.deepEqual(
      [history.data!.trainRows, history.data!.validationRows, history.data!.untrainableRows],
      [64, 40, 0],
    );
    // A label and its end, each row.
    assert.equal(history.data!.trainedTokens, 128);
    const inEpoch = history.steps.slice(0, 3).reduce((sum, { trainedTokens }) => sum + trainedTokens, 0);
    assert.equal(inEpoch, 128, "every row once");
  });

  it("leaves out and reports rows whose answer is cut away, and trains on the others", async () => {
    const long = JSON.stringify({ prompt: Array(40).fill("please").join(" "), completion: "billing" });
    write("some-long.jsonl", [...rows.slice(0, 8), long, long.replace("please", "help")]);
    const { history } = await tune({ steps: 2, maxLength: 24 }, { train: "some-long.jsonl" });
    assert.deepEqual([history.data!.trainRows, history.data!.untrainableRows], [8, 2]);
    assert.match(history.notices.map(({ message }) => message).join(), /2 rows lost their whole answer/);
  });

  it("never reads the test rows", async () => {
    const losses = async (test: string) =>
      (await tune({ steps: 3 }, { test })).history.steps.map(({ loss }) => loss);
    write("test-a.jsonl", rows.slice(200, 230));
    write(
      "test-b.jsonl",
      rows.slice(300, 330).map((row) => row.replace(/"completion":"\w+"/, '"completion":"wrong"')),
    );
    assert.deepEqual(await losses("test-a.jsonl"), await losses("test-b.jsonl"));
  });
});
