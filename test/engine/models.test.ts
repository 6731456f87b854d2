/** Every architecture against transformers and PEFT: logits, loss, and the gradient of every parameter. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Graph } from "../../src/engine/graph/graph.ts";
import { causalAttention } from "../../src/engine/model/attention.ts";
import { type BaseModel, openBaseModel } from "../../src/engine/model/base.ts";
import { decoder, languageHead } from "../../src/engine/model/decoder.ts";
import { rotaryTables } from "../../src/engine/model/rope.ts";
import { trainedFeeds, tunedParameters } from "../../src/engine/model/tuned-model.ts";
import { Session } from "../../src/engine/runtime/session.ts";
import { batchFeeds, countTargets, type TokenizedRow } from "../../src/engine/train/batches.ts";
import { gradientOutputs, lossGraph } from "../../src/engine/train/loss.ts";
import { createMethod } from "../../src/methods/index.ts";
import type { Method } from "../../src/methods/method.ts";
import { none } from "../../src/methods/none.ts";
import { assertClose, type FixtureFile, fixture, openFixture } from "../support/fixtures.ts";

const models = [
  "llama-tied",
  "llama-untied-mha",
  "llama-linear-rope",
  "llama3-rope",
  "llama-float16",
  "llama-bfloat16",
  "llama-sharded",
  "mistral",
  "qwen2",
  "qwen3",
];
const tolerance = 1e-4;
const fixtureLora = createMethod({
  name: "lora",
  rank: 4,
  alpha: 8,
  dropout: 0,
  targets: "all-linear",
  rsLora: false,
});

let cacheDir: string;
before(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "tunesmith-models-"));
});
after(() => rm(cacheDir, { recursive: true, force: true }));

for (const name of models) {
  describe(name, () => {
    let base: BaseModel;
    let expected: FixtureFile;
    before(async () => {
      base = await openBaseModel(fixture(`models/${name}`), { cacheDir });
      expected = await openFixture(`models/${name}/expected.safetensors`);
    });

    it("computes the logits of transformers", async () => {
      assertClose(
        await logits(base, expected, none, new Map()),
        await expected.floats("logits"),
        tolerance,
        "logits",
      );
    });

    it("computes the logits of PEFT with a LoRA", async () => {
      const arrays = await loraArrays(base, expected);
      assertClose(
        await logits(base, expected, fixtureLora, arrays),
        await expected.floats("lora.logits"),
        tolerance,
        "logits",
      );
    });

    for (const checkpointing of [false, true]) {
      it(`differentiates the loss by every parameter${checkpointing ? ", recomputing layers" : ""}`, async () => {
        const method = createMethod({ name: "full" });
        const arrays = new Map<string, Float32Array>();
        for (const { name } of method.trainables(base.config)) arrays.set(name, await base.read(name));
        const { loss, gradients } = await lossAndGradients(
          base,
          await rows(expected),
          method,
          arrays,
          checkpointing,
        );
        assertClose([loss], await expected.floats("loss"), tolerance, "loss");
        for (const [parameter, gradient] of gradients) {
          assertClose(gradient, await expected.floats(`grad.${parameter}`), tolerance, parameter);
        }
      });
    }

    it("differentiates the loss by every LoRA matrix", async () => {
      const arrays = await loraArrays(base, expected);
      const { loss, gradients } = await lossAndGradients(base, await rows(expected), fixtureLora, arrays);
      assertClose([loss], await expected.floats("lora.loss"), tolerance, "loss");
      for (const [matrix, gradient] of gradients) {
        assertClose(
          gradient,
          await expected.floats(`lora.grad.base_model.model.${matrix}.weight`),
          tolerance,
          matrix,
        );
      }
    });

    it("is not changed by padding", async () => {
      const padded = await rows(expected, "padded.");
      const mask = await expected.integers("padded.attention_mask");
      const length = expected.shape("input_ids")[1]!;
      const lengths = [0, 1].map((row) =>
        mask.slice(row * length, (row + 1) * length).reduce((a, b) => a + b, 0),
      );
      const cut = padded.map(({ ids, trained }, row) => ({
        ids: Array.from(ids).slice(0, lengths[row]),
        trained: Array.from(trained).slice(0, lengths[row]),
      }));
      assert.notEqual(lengths[0], lengths[1]);
      const { loss } = await lossAndGradients(base, cut, none, new Map());
      assertClose([loss], await expected.floats("padded.loss"), tolerance, "loss");
    });
  });
}

/** The rows of a fixture; a label of -100 is a token that carries no loss. */
async function rows(expected: FixtureFile, prefix = ""): Promise<TokenizedRow[]> {
  const ids = await expected.integers(`${prefix}input_ids`);
  const labels = await expected.integers(`${prefix}labels`);
  const [count, length] = expected.shape(`${prefix}input_ids`) as [number, number];
  return Array.from({ length: count }, (_, row) => ({
    ids: ids.slice(row * length, (row + 1) * length),
    trained: labels.slice(row * length, (row + 1) * length).map((label) => (label === -100 ? 0 : 1)),
  }));
}

async function loraArrays(base: BaseModel, expected: FixtureFile): Promise<Map<string, Float32Array>> {
  const arrays = new Map<string, Float32Array>();
  for (const { name } of fixtureLora.trainables(base.config)) {
    arrays.set(name, await expected.floats(`lora.base_model.model.${name}.weight`));
  }
  return arrays;
}

async function lossAndGradients(
  base: BaseModel,
  rows: readonly TokenizedRow[],
  method: Method,
  arrays: ReadonlyMap<string, Float32Array>,
  checkpointing = false,
) {
  const targets = rows.reduce((sum, row) => sum + countTargets(row), 0);
  // Larger than the batch needs, so that padding rows, tokens and targets are exercised too.
  const shape = { rows: rows.length + 1, tokens: rows[0]!.ids.length + 8, targets: targets + 3 };
  const graph = lossGraph(base.config, method, shape, { training: true, checkpointing });
  const session = await Session.create(
    graph.g,
    { loss: graph.loss, ...gradientOutputs(graph) },
    { weights: base.weights },
  );
  const feeds = batchFeeds(rows, { rows: [...rows.keys()], shape }, 1 / targets);
  const results = await session.run({ ...feeds, ...trainedFeeds(arrays) });
  await session.release();
  const gradients = [...arrays.keys()].map(
    (name) => [name, results[`gradient:${name}`] as Float32Array] as const,
  );
  return { loss: Number(results.loss![0]), gradients };
}

async function logits(
  base: BaseModel,
  expected: FixtureFile,
  method: Method,
  arrays: ReadonlyMap<string, Float32Array>,
) {
  const { config } = base;
  const [batch, tokens] = expected.shape("input_ids") as [number, number];
  const g = new Graph();
  const { cosines, sines } = rotaryTables(config.rope, config.headDim, tokens);
  const table = [tokens, config.headDim / 2];
  const { parameters } = tunedParameters(g, config, method);
  const hidden = decoder(g, config, parameters, {
    ids: g.input("ids", [batch * tokens], "int64"),
    batch,
    tokens,
    cosines: g.constant(cosines, table),
    sines: g.constant(sines, table),
    positions: g.constant(
      BigInt64Array.from({ length: batch * tokens }, (_, i) => BigInt(i % tokens)),
      [batch, tokens],
    ),
    attention: causalAttention(g, config, tokens),
  });
  const session = await Session.create(
    g,
    { logits: languageHead(g, config, parameters, hidden) },
    { weights: base.weights },
  );
  const ids = BigInt64Array.from(await expected.integers("input_ids"), (id) => BigInt(id));
  const result = await session.run({ ids, ...trainedFeeds(arrays) });
  await session.release();
  return result.logits as Float32Array;
}
