/** The presets' promises, on datasets of many shapes; and the learning rates that were found by trying. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type PresetInput, type PresetName, preset, presetNames } from "../../src/estimate/presets.ts";
import { Random } from "../../src/random/random.ts";

const model = { architecture: "LlamaForCausalLM", hiddenSize: 576, maxPositions: 8192 };
const rowsOf = (lengths: readonly number[]) => lengths.map((tokens) => ({ tokens, targets: 4 }));
const lengthsOf = (rows: number, longest: number) =>
  Array.from({ length: rows }, (_, i) => 1 + Math.round(((i + 1) / rows) ** 3 * (longest - 1)));
const of = (name: PresetName, input: Partial<PresetInput>) =>
  preset(name, { model, method: "lora", train: rowsOf([20]), labels: null, ...input });

const counts = [1, 2, 7, 8, 9, 40, 63, 64, 65, 100, 412, 2000, 2001, 5000, 20_000, 100_000];

describe("a preset", () => {
  for (const name of presetNames) {
    it(`${name}: never trains less on more rows, nor not at all`, () => {
      let before = 0;
      for (const rows of counts) {
        const { why } = of(name, { train: rowsOf(lengthsOf(rows, 100)) });
        assert.ok(why.steps >= 1 && why.steps >= before, `${rows} rows: ${before} → ${why.steps} steps`);
        before = why.steps;
      }
    });

    it(`${name}: says epochs or steps, as many as it counts, and eight rows an update`, () => {
      for (const rows of counts) {
        const { train, why } = of(name, { train: rowsOf(lengthsOf(rows, 700)) });
        assert.equal(train.batchSize * train.gradientAccumulation, 8);
        assert.notEqual(train.epochs === undefined, train.steps === undefined, "one of them");
        // As the trainer counts an epoch's steps.
        const perEpoch = Math.ceil(Math.ceil(rows / train.batchSize) / train.gradientAccumulation);
        assert.equal(train.steps ?? train.epochs! * perEpoch, why.steps);
        assert.equal(why.epochs, why.steps / perEpoch);
        assert.equal(why.rows, rows);
      }
    });

    it(`${name}: cuts no more rows than it may, and is no longer than that needs`, () => {
      const share = { quick: 0.02, balanced: 0.01, thorough: 0 }[name];
      for (const longest of [5, 31, 32, 33, 182, 700, 5000]) {
        const lengths = lengthsOf(1000, longest);
        const { train, why } = of(name, { train: rowsOf(lengths) });
        const cut = (length: number) => lengths.filter((tokens) => tokens > length).length;
        assert.equal(train.maxLength % 32, 0);
        assert.ok(cut(train.maxLength) <= share * 1000, `${longest}: ${cut(train.maxLength)} cut`);
        assert.ok(train.maxLength === 32 || cut(train.maxLength - 32) > share * 1000, `${longest}: too long`);
        assert.equal(why.cutRows, cut(train.maxLength));
        assert.equal(why.longest, longest);
      }
    });
  }

  it("trains longer the more thorough it is", () => {
    for (const rows of counts) {
      const steps = presetNames.map((name) => of(name, { train: rowsOf(lengthsOf(rows, 100)) }).why.steps);
      assert.deepEqual(
        steps.toSorted((a, b) => a - b),
        steps,
        `${rows} rows`,
      );
    }
  });

  it("never goes beyond the model's positions", () => {
    const short = { ...model, maxPositions: 1000 };
    assert.equal(of("thorough", { model: short, train: rowsOf([3000]) }).train.maxLength, 1000);
  });

  it("computes fewer rows at once the longer they are", () => {
    const sizes = [100, 256, 257, 512, 1024, 4000].map(
      (longest) => of("thorough", { train: rowsOf([longest]) }).train.batchSize,
    );
    assert.deepEqual(sizes, [8, 8, 4, 4, 2, 1]);
  });

  it("meets every label often enough where labels are many and rows few", () => {
    const train = rowsOf(Array(160).fill(20));
    assert.equal(of("balanced", { train, labels: 4 }).why.steps, 120);
    assert.equal(of("balanced", { train, labels: 100 }).why.steps, 250);
  });

  it("has the learning rates of the fit it follows, and near what trying found", () => {
    const rate = (architecture: string, hiddenSize: number, method: PresetInput["method"]) =>
      of("balanced", { model: { ...model, architecture, hiddenSize }, method }).train.learningRate;
    // tinker-cookbook: 5e-5 · 10 · (2000 / width) ^ 0.781, or ^ 0.0775 for Qwen.
    assert.equal(rate("LlamaForCausalLM", 2000, "lora"), 5e-4);
    assert.equal(rate("LlamaForCausalLM", 2000, "full"), 5e-5);
    assert.equal(rate("LlamaForCausalLM", 4096, "lora"), 2.9e-4);
    assert.equal(rate("Qwen3ForCausalLM", 1024, "lora"), 5.3e-4);
    // assets/sample/support.tune.json: 5e-3 for the bundled model.
    const bundled = rate("LlamaForCausalLM", 128, "lora");
    assert.ok(bundled > 5e-3 / 1.5 && bundled < 5e-3 * 1.5, String(bundled));
  });

  it("holds for rows in any order", () => {
    const random = new Random(1);
    const lengths = lengthsOf(500, 300);
    const shuffled = lengths
      .map((tokens) => ({ tokens, key: random.uniform() }))
      .sort((a, b) => a.key - b.key)
      .map(({ tokens }) => tokens);
    for (const name of presetNames) {
      assert.deepEqual(of(name, { train: rowsOf(shuffled) }), of(name, { train: rowsOf(lengths) }));
    }
  });
});
