/** One LoRA training step repeated: tokens/s and peak memory. The counterpart of peers/train_peft.py. */
import { openBaseModel } from "../../src/engine/model/base.ts";
import { BatchPlan } from "../../src/engine/train/batches.ts";
import { Random } from "../../src/random/random.ts";
import { createTrainer, median, options, report, seconds } from "./common.ts";

const { positionals, values } = options({ batch: 4, length: 256, steps: 10, warmup: 2 });
const { batch, length, steps, warmup, threads } = values;
const base = await openBaseModel(positionals[0]!);
const random = new Random(7, "benchmark");
const rows = Array.from({ length: batch * (warmup + steps) }, () => ({
  ids: Int32Array.from({ length }, () => 3 + random.integer(base.config.vocabularySize - 3)),
  trained: new Uint8Array(length).fill(1),
}));
const plan = new BatchPlan(rows, { batchSize: batch, gradientAccumulation: 1, seed: 7 });
const trainer = await createTrainer(base, { threads, learningRate: 2e-4, totalSteps: warmup + steps });

const times: number[] = [];
for (let step = 0; step < warmup + steps; step++) {
  times.push(await seconds(() => trainer.update(rows, plan.step(step))));
}
const timed = times.slice(warmup);
report({
  threads,
  batch,
  length,
  steps,
  tokensPerSecond: (batch * length) / median(timed),
  firstStepSeconds: times[0],
  slowestSeconds: Math.max(...timed),
  fastestSeconds: Math.min(...timed),
  trainedParameters: trainer.state.trainedCount,
});
await trainer.release();
