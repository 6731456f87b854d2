/** What a step says of its rows, against scoring them one by one, and their tokens one by one, without training. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openBaseModel } from "../../../src/engine/model/base.ts";
import { BatchPlan, countTargets, type TokenizedRow } from "../../../src/engine/train/batches.ts";
import { Scorer } from "../../../src/engine/train/scorer.ts";
import { Trainer } from "../../../src/engine/train/trainer.ts";
import { createMethod } from "../../../src/methods/index.ts";
import { Random } from "../../../src/random/random.ts";
import { fixture } from "../../support/fixtures.ts";

let cacheDir: string;
before(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "tunesmith-rows-"));
});
after(() => rm(cacheDir, { recursive: true, force: true }));

const methods = {
  full: createMethod({ name: "full" }),
  lora: createMethod({ name: "lora", rank: 4, alpha: 8, dropout: 0, targets: "all-linear", rsLora: false }),
};

describe("a step's rows", () => {
  for (const [name, method] of Object.entries(methods)) {
    it(`have the loss that they had before its update (${name})`, async () => {
      const base = await openBaseModel(fixture("models/llama-tied"), { cacheDir });
      const rows = someRows(base.config.vocabularySize);
      const plan = new BatchPlan(rows, { batchSize: 3, gradientAccumulation: 2, seed: 5 });
      const trainer = await Trainer.create({
        config: base.config,
        method,
        weights: base.weights,
        readBase: base.read,
        settings: {
          seed: 1,
          totalSteps: 200,
          learningRate: 0.02,
          schedule: "constant",
          warmupSteps: 0,
          maxGradientNorm: 1,
          gradientCheckpointing: false,
          threads: 1,
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-8,
          weightDecay: 0,
        },
      });
      const scorer = new Scorer(trainer.model(), { batchSize: 1, threads: 1 });
      let [sure, unsure] = [0, 0];
      for (let step = 0; step < 8 * plan.stepsPerEpoch; step++) {
        const batches = plan.step(step);
        const expected = await scorer.score(rows);
        const tokens = await Promise.all(rows.map((row) => tokenLosses(scorer, row)));
        const { rows: seen } = await trainer.update(rows, batches);
        assert.deepEqual(
          seen.map(({ row }) => row),
          batches.flatMap((batch) => batch.rows).filter((row) => countTargets(rows[row]!) > 0),
        );
        for (const { row, ...found } of seen) {
          const { loss, tokens: count } = expected[row]!;
          assert.ok(Math.abs(found.loss - loss) < 1e-4 * loss, `${found.loss} instead of ${loss}`);
          assert.equal(found.tokens, count);
          const likely = tokens[row]!.filter((nats) => Math.exp(-nats) > 0.5).length;
          assert.equal(found.sure, likely);
          sure += likely;
          unsure += count - likely;
        }
      }
      assert.ok(sure > 20 && unsure > 20, `${sure} sure tokens and ${unsure} others, or this shows nothing`);
      await scorer.release();
      await trainer.release();
    });
  }
});

/** Rows of several lengths; one has nothing to learn. */
function someRows(vocabulary: number): TokenizedRow[] {
  const random = new Random("rows");
  return [5, 9, 30, 12, 7, 26, 11, 3].map((length, row) => ({
    ids: Array.from({ length }, () => random.integer(vocabulary)),
    trained: Array.from({ length }, (_, i) => (row !== 4 && i >= length / 3 && i % 4 !== 1 ? 1 : 0)),
  }));
}

/** The loss of each trained token, as of a row in which it is the only one. */
async function tokenLosses(scorer: Scorer, { ids, trained }: TokenizedRow): Promise<number[]> {
  const places = Array.from(trained).flatMap((is, i) => (is && i > 0 ? [i] : []));
  const alone = places.map((place) => ({ ids, trained: Array.from(trained, (_, i) => Number(i === place)) }));
  return (await scorer.score(alone)).map(({ loss }) => loss);
}
