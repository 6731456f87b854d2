/** The arithmetic against published counts, the papers' formulas, and the engine's own graph. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DecoderConfig } from "../../src/architectures/config.ts";
import { parameterCount } from "../../src/architectures/layout.ts";
import { type Estimate, type EstimateInput, estimate } from "../../src/estimate/estimate.ts";
import { doesNotFit, type Free, fits, whatWouldFit } from "../../src/estimate/fit.ts";
import { trainingFlops } from "../../src/estimate/flops.ts";
import { trainableCount } from "../../src/estimate/trainables.ts";
import { createMethod, type MethodSettings } from "../../src/methods/index.ts";

/** A Llama with these sizes; what no figure here depends on is left as it comes. */
function llama(sizes: {
  layers: number;
  hiddenSize: number;
  intermediateSize: number;
  heads: number;
  keyValueHeads: number;
  headDim: number;
  vocabularySize: number;
  tiedEmbeddings: boolean;
  attentionBias?: boolean;
  queryKeyNorm?: boolean;
}): DecoderConfig {
  return {
    architecture: "LlamaForCausalLM",
    maxPositions: 2048,
    normEpsilon: 1e-5,
    rope: { theta: 10_000, scaling: { type: "default" } },
    attentionBias: false,
    attentionOutputBias: false,
    mlpBias: false,
    queryKeyNorm: false,
    windows: [],
    ...sizes,
  };
}

/** Numbers of `config.json`, and the parameter counts that the models' own cards and safetensors indices state. */
const published: Record<string, { model: DecoderConfig; parameters: number }> = {
  "SmolLM2-135M": {
    model: llama({
      layers: 30,
      hiddenSize: 576,
      intermediateSize: 1536,
      heads: 9,
      keyValueHeads: 3,
      headDim: 64,
      vocabularySize: 49152,
      tiedEmbeddings: true,
    }),
    parameters: 134_515_008,
  },
  "Llama-2-7B": {
    model: llama({
      layers: 32,
      hiddenSize: 4096,
      intermediateSize: 11008,
      heads: 32,
      keyValueHeads: 32,
      headDim: 128,
      vocabularySize: 32000,
      tiedEmbeddings: false,
    }),
    parameters: 6_738_415_616,
  },
  "Llama-3.2-1B": {
    model: llama({
      layers: 16,
      hiddenSize: 2048,
      intermediateSize: 8192,
      heads: 32,
      keyValueHeads: 8,
      headDim: 64,
      vocabularySize: 128_256,
      tiedEmbeddings: true,
    }),
    parameters: 1_235_814_400,
  },
  "Mistral-7B-v0.1": {
    model: llama({
      layers: 32,
      hiddenSize: 4096,
      intermediateSize: 14336,
      heads: 32,
      keyValueHeads: 8,
      headDim: 128,
      vocabularySize: 32000,
      tiedEmbeddings: false,
    }),
    parameters: 7_241_732_096,
  },
  "Qwen2.5-0.5B": {
    model: llama({
      attentionBias: true,
      layers: 24,
      hiddenSize: 896,
      intermediateSize: 4864,
      heads: 14,
      keyValueHeads: 2,
      headDim: 64,
      vocabularySize: 151_936,
      tiedEmbeddings: true,
    }),
    parameters: 494_032_768,
  },
  "Qwen3-0.6B": {
    model: llama({
      queryKeyNorm: true,
      layers: 28,
      hiddenSize: 1024,
      intermediateSize: 3072,
      heads: 16,
      keyValueHeads: 8,
      headDim: 128,
      vocabularySize: 151_936,
      tiedEmbeddings: true,
    }),
    parameters: 596_049_920,
  },
};

const smol = published["SmolLM2-135M"]!.model;
const loraOn = (targets: "all-linear" | string[], rank: number): MethodSettings => ({
  name: "lora",
  rank,
  alpha: 2 * rank,
  dropout: 0,
  targets,
  rsLora: false,
});
const allLinear = (rank: number) => loraOn("all-linear", rank);
const trained = (model: DecoderConfig, method: MethodSettings) => trainableCount(model, createMethod(method));

describe("parameters", () => {
  for (const [name, { model, parameters }] of Object.entries(published)) {
    it(`of ${name} are as published`, () => assert.equal(parameterCount(model), parameters));
  }

  it("that LoRA trains are as PEFT prints them for Llama-2-7B", () => {
    const model = published["Llama-2-7B"]!.model;
    assert.equal(trained(model, loraOn(["q_proj", "v_proj"], 8)), 4_194_304);
    assert.equal(trained(model, allLinear(16)), 39_976_960);
    assert.equal(trained(model, { name: "full" }), 6_738_415_616);
  });
});

describe("operations", () => {
  const perToken = (method: MethodSettings, tokens: number, again = false) =>
    trainingFlops(smol, createMethod(method), again, { rows: 2, tokens, targets: 2 * tokens }) / (2 * tokens);
  const blocks = smol.layers * (2 * 576 * 576 + 2 * 576 * 192 + 3 * 576 * 1536);
  const head = 49152 * 576;
  const attention = (tokens: number) => 12 * smol.layers * smol.heads * smol.headDim * tokens;

  it("of full training are PaLM's 6N + 12 L H Q T a token", () => {
    assert.equal(perToken({ name: "full" }, 256), 6 * (blocks + head) + attention(256));
  });

  it("of LoRA are 4N a token, its own 6 r, and the same attention", () => {
    assert.equal(
      perToken(allLinear(8), 256),
      4 * (blocks + head) + 6 * trained(smol, allLinear(8)) + attention(256),
    );
  });

  it("grow by a forward pass where activations are computed again", () => {
    assert.equal(
      perToken(allLinear(8), 256, true) - perToken(allLinear(8), 256),
      2 * blocks + attention(256) / 3,
    );
  });
});

const input: EstimateInput = {
  model: smol,
  storedWeightBytes: 2,
  converted: false,
  method: allLinear(8),
  settings: {
    epochs: 3,
    steps: null,
    batchSize: 4,
    gradientAccumulation: 2,
    maxLength: 256,
    gradientCheckpointing: false,
  },
  train: Array.from({ length: 1000 }, (_, i) => ({ tokens: 20 + (i % 200), targets: 5 })),
  validation: Array.from({ length: 100 }, () => ({ tokens: 100, targets: 5 })),
  validations: 10,
  flopsPerSecond: 1e11,
};
const changed = (settings: Partial<EstimateInput["settings"]>, more: Partial<EstimateInput> = {}): Estimate =>
  estimate({ ...input, ...more, settings: { ...input.settings, ...settings } });

describe("a run's estimate", () => {
  it("counts steps as the trainer does", () => {
    assert.equal(estimate(input).steps, 3 * 125);
    assert.equal(changed({ steps: 7, epochs: null }).steps, 7);
    assert.equal(changed({ batchSize: 3 }).steps, 3 * 167, "334 batches, two to a step");
  });

  it("counts tokens, and padding on top", () => {
    const { tokensPerEpoch, paddedTokensPerEpoch } = estimate(input);
    assert.equal(tokensPerEpoch, 5 * ((20 + 219) / 2) * 200);
    assert.ok(paddedTokensPerEpoch > tokensPerEpoch && paddedTokensPerEpoch < 1.3 * tokensPerEpoch);
    assert.equal(changed({ maxLength: 20 }).tokensPerEpoch, 20 * 1000);
  });

  it("takes time in proportion to the work", () => {
    const { seconds, flops } = estimate(input);
    assert.equal(seconds, flops / 1e11);
    const noValidation = { validations: 0 };
    assert.equal(changed({ epochs: 6 }, noValidation).flops, 2 * changed({}, noValidation).flops);
    assert.ok(estimate(input).flops > changed({}, noValidation).flops);
  });

  it("needs disk for the converted weights once, and for checkpoints of parameters and both moments", () => {
    assert.equal(estimate(input).disk.convertedWeights, 4 * 134_515_008);
    assert.equal(estimate({ ...input, converted: true }).disk.convertedWeights, 0);
    assert.equal(estimate({ ...input, storedWeightBytes: 4 }).disk.convertedWeights, 0);
    const { checkpoints } = changed({}, { method: { name: "full" } }).disk;
    assert.ok(
      Math.abs(checkpoints / (4 * 12 * 134_515_008) - 1) < 0.001,
      "two last, the best, and one being written",
    );
  });

  it("survives empty data", () => {
    for (const value of Object.values(estimate({ ...input, train: [], validation: [] }).memory))
      assert.ok(Number.isFinite(value));
  });

  it("falls with each setting that is said to help", () => {
    const { total } = estimate(input).memory;
    assert.ok(changed({ batchSize: 2 }).memory.total < total);
    assert.ok(changed({ maxLength: 128 }).memory.total < total);
    assert.ok(changed({ gradientCheckpointing: true }).memory.total < 0.7 * total);
    assert.ok(changed({}, { method: { name: "full" } }).memory.total > total);
  });
});

describe("a run that does not fit", () => {
  const free = (memory: number): Free => ({ memory, disk: 1e12 });
  const total = (result: Estimate) => result.memory.total;

  it("is told which settings would fit, and they do", () => {
    for (const method of [allLinear(8), { name: "full" } as const]) {
      const hungry: EstimateInput = {
        ...input,
        method,
        settings: { ...input.settings, batchSize: 32, maxLength: 2048 },
      };
      for (const memory of [1, 1.2, 2, 3, 4].map((gigabytes) => gigabytes * 1e9)) {
        const needed = estimate(hungry);
        assert.equal(fits(needed, free(memory)), false);
        const ways = whatWouldFit(hungry, free(memory));
        assert.ok(ways.length > 0, `${method.name} in ${memory}`);
        for (const way of ways) {
          const then = estimate({
            ...hungry,
            method: way.method ?? method,
            settings: { ...hungry.settings, ...way.settings },
          });
          assert.ok(fits(then, free(memory)), way.inWords);
          const rows = (settings: EstimateInput["settings"]) =>
            settings.batchSize * settings.gradientAccumulation;
          assert.equal(
            rows({ ...hungry.settings, ...way.settings }),
            rows(hungry.settings),
            "the step sees as many rows",
          );
          assert.ok(doesNotFit(hungry, needed, free(memory)).hint.includes(way.inWords));
        }
      }
    }
  });

  it("keeps the training as it is where it can", () => {
    const needed = total(estimate(input));
    const [first] = whatWouldFit(input, free(needed));
    assert.deepEqual(
      first?.settings,
      { batchSize: 2, gradientAccumulation: 4 },
      "the margin is missing: half a batch is enough",
    );
  });

  it("says so when nothing helps", () => {
    const error = doesNotFit(input, estimate(input), free(5e8));
    assert.deepEqual(whatWouldFit(input, free(5e8)), []);
    assert.equal(error.code, "does-not-fit");
    assert.match(
      error.message,
      /training needs \d\.\d+ GB of memory, but 0\.50 GB are free \(weights 0\.54 GB, /,
    );
    assert.match(error.hint, /smaller model/);
  });

  it("for want of disk says what takes it", () => {
    const little: Free = { memory: 1e12, disk: 1e8 };
    const error = doesNotFit(input, estimate(input), little);
    assert.match(
      error.message,
      /needs 0\.\d\d GB on disk, but 0\.10 GB are free \(checkpoints 0\.12 GB, converted weights 0\.54 GB\)/,
    );
  });
});
