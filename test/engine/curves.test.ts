/** Twenty optimizer steps against PyTorch and PEFT: loss, gradient norm and learning rate of each, and the final arrays. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openBaseModel } from "../../src/engine/model/base.ts";
import type { MicroBatch, TokenizedRow } from "../../src/engine/train/batches.ts";
import { countTargets } from "../../src/engine/train/batches.ts";
import { Trainer } from "../../src/engine/train/trainer.ts";
import { createMethod } from "../../src/methods/index.ts";
import { assertClose, type FixtureFile, fixture, openFixture } from "../support/fixtures.ts";

const settings = { rank: 4, alpha: 8, dropout: 0, targets: "all-linear" as const };
const methods = {
  full: createMethod({ name: "full" }),
  lora: createMethod({ name: "lora", ...settings, rsLora: false }),
  rslora: createMethod({ name: "lora", ...settings, rsLora: true }),
};
const steps = 20;
const tolerance = 1e-4;

let cacheDir: string;
before(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "tunesmith-curves-"));
});
after(() => rm(cacheDir, { recursive: true, force: true }));

for (const model of ["llama-tied", "qwen3"]) {
  describe(model, () => {
    for (const [name, method] of Object.entries(methods)) {
      it(`follows PyTorch with ${name}`, async () => {
        const expected = await openFixture(`models/curves/${model}-${name}.safetensors`);
        const base = await openBaseModel(fixture(`models/${model}`), { cacheDir });
        const trainer = await Trainer.create({
          config: base.config,
          method,
          weights: base.weights,
          readBase: base.read,
          settings: {
            seed: 1,
            totalSteps: steps,
            learningRate: 1e-3,
            schedule: "cosine",
            warmupSteps: 4,
            maxGradientNorm: 1,
            gradientCheckpointing: false,
            threads: 0,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weightDecay: 0.01,
          },
        });
        const saved = (array: string) => (name === "full" ? array : `base_model.model.${array}.weight`);
        if (name !== "full") {
          for (const array of trainer.state.arrays.keys()) {
            trainer.state
              .view(trainer.state.parameters, array)
              .set(await expected.floats(`init.${saved(array)}`));
          }
        }
        const { rows, batches } = await fixtureBatches(expected);
        const found = { loss: [] as number[], norm: [] as number[], rate: [] as number[] };
        for (let step = 0; step < steps; step++) {
          const report = await trainer.update(rows, batches.slice(2 * step, 2 * step + 2));
          found.loss.push(report.loss);
          found.norm.push(report.gradientNorm);
          found.rate.push(report.learningRate);
        }
        assertClose(found.loss, await expected.floats("loss"), tolerance, "loss");
        assertClose(found.norm, await expected.floats("grad_norm"), tolerance, "gradient norm");
        assertClose(found.rate, await expected.floats("learning_rate"), 1e-6, "learning rate");
        for (const [array, { data }] of trainer.state.tensors()) {
          assertClose(data, await expected.floats(`final.${saved(array)}`), tolerance, array);
        }
        await trainer.release();
      });
    }
  });
}

/** The fixture's batches as rows of their own, each cut to its real length. */
async function fixtureBatches(
  expected: FixtureFile,
): Promise<{ rows: TokenizedRow[]; batches: MicroBatch[] }> {
  const [count, size, tokens] = expected.shape("input_ids") as [number, number, number];
  const ids = await expected.integers("input_ids");
  const labels = await expected.integers("labels");
  const mask = await expected.integers("attention_mask");
  const rows = Array.from({ length: count * size }, (_, row) => {
    const at = row * tokens;
    const length = mask.subarray(at, at + tokens).reduce((sum, each) => sum + each, 0);
    const trained = labels.slice(at, at + length).map((label) => (label === -100 ? 0 : 1));
    return { ids: ids.slice(at, at + length), trained };
  });
  const targets = size * tokens;
  const batches = Array.from({ length: count }, (_, batch) => ({
    rows: Array.from({ length: size }, (_, i) => batch * size + i),
    shape: { rows: size, tokens, targets },
  }));
  if (rows.every((row) => countTargets(row) === 0)) throw new Error("the fixture trains nothing");
  return { rows, batches };
}
