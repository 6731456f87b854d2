/**
 * One epoch over given rows of banking77, in batches as a run composes them: examples/s. The counterpart of
 * peers/train_trl.py. Warm-up is one step of every shape, so that none is compiled in the time that counts.
 */
import { readFileSync } from "node:fs";
import { openBaseModel } from "../../src/engine/model/base.ts";
import { BatchPlan, type MicroBatch, type TokenizedRow } from "../../src/engine/train/batches.ts";
import type { StepReport } from "../../src/engine/train/trainer.ts";
import { createTrainer, options, report, seconds } from "./common.ts";

const { positionals, values } = options({ batch: 8 });
const { batch, threads } = values;
const [model, file] = positionals;
const given: { batches: { ids: number[]; promptTokens: number }[][] } = JSON.parse(
  readFileSync(file!, "utf8"),
);
const rows: TokenizedRow[] = given.batches.flat().map(({ ids, promptTokens }) => ({
  ids,
  trained: ids.map((_, i) => Number(i >= promptTokens)),
}));
const plan = new BatchPlan(rows, { batchSize: batch, gradientAccumulation: 1, seed: 7 });
const epoch = Array.from({ length: plan.stepsPerEpoch }, (_, step) => plan.step(step));
const shapes = new Map(epoch.map((batches): [number, MicroBatch[]] => [batches[0]!.shape.tokens, batches]));

const trainer = await createTrainer(await openBaseModel(model!), {
  threads,
  learningRate: 5e-4,
  totalSteps: shapes.size + epoch.length,
});
const warmupSeconds = await seconds(async () => {
  for (const batches of shapes.values()) await trainer.update(rows, batches);
});
const reports: StepReport[] = [];
const spent = await seconds(async () => {
  for (const batches of epoch) reports.push(await trainer.update(rows, batches));
});

const tokens = reports.reduce((sum, step) => sum + step.tokens, 0);
const computed = epoch.flat().reduce((sum, { shape }) => sum + shape.rows * shape.tokens, 0);
report({
  threads,
  batch,
  steps: epoch.length,
  examplesPerSecond: rows.length / spent,
  meanTokens: tokens / rows.length,
  padding: 1 - tokens / computed,
  shapes: [...shapes.keys()],
  warmupSeconds,
  trainingLoss: reports.reduce((sum, { loss }) => sum + loss, 0) / reports.length,
});
await trainer.release();
