/** One training step of a small random model, loss and every gradient, on WebGPU against the CPU. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readDecoderConfig } from "../../../src/architectures/config.ts";
import { parameterShapes } from "../../../src/architectures/layout.ts";
import type { Device } from "../../../src/engine/graph/lowering/index.ts";
import { trainedFeeds } from "../../../src/engine/model/tuned-model.ts";
import { batchFeeds, type TokenizedRow } from "../../../src/engine/train/batches.ts";
import { gradientOutputs, lossGraph } from "../../../src/engine/train/loss.ts";
import { createMethod } from "../../../src/methods/index.ts";
import type { Method } from "../../../src/methods/method.ts";
import { Random } from "../../../src/random/random.ts";
import { profile } from "../graph/profile.ts";
import { assertClose, floats, writeWeights } from "../graph/tensors.ts";
import { whyNoWebGpu } from "../graph/webgpu-device.ts";

const skip = await whyNoWebGpu();

/** Grouped queries, norms of queries and keys, tied embeddings: every operation takes part. */
const config = readDecoderConfig(
  {
    architectures: ["Qwen3ForCausalLM"],
    hidden_size: 32,
    intermediate_size: 48,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 8,
    vocab_size: 64,
    tie_word_embeddings: true,
  },
  "the test's config",
);

const methods: [string, Method, boolean][] = [
  [
    "LoRA with dropout",
    createMethod({ name: "lora", rank: 4, alpha: 8, dropout: 0.25, targets: "all-linear", rsLora: false }),
    false,
  ],
  ["full fine-tuning with gradient checkpointing", createMethod({ name: "full" }), true],
];

for (const [name, method, checkpointing] of methods) {
  test(`${name}: loss and gradients on WebGPU are those of the CPU`, { skip }, async (t) => {
    const random = new Random("tokens");
    const rows: TokenizedRow[] = [15, 9].map((length) => ({
      ids: Array.from({ length }, () => random.integer(config.vocabularySize)),
      trained: Array.from({ length }, () => 1),
    }));
    const shape = { rows: 2, tokens: 16, targets: 24 };
    const graph = lossGraph(config, method, shape, { training: true, checkpointing });
    const outputs = { loss: graph.loss, losses: graph.losses, ...gradientOutputs(graph) };
    const bound = 0.2;
    const weights = writeWeights(
      t,
      new Map(
        [...parameterShapes(config)].map(([path, shape]) => [
          path,
          shape.length > 1 ? floats(path, shape, -bound, bound) : floats(path, shape, 0.8, 1.2),
        ]),
      ),
    );
    const trained = new Map(
      [...graph.trained].map(([path, { shape }]) => [
        path,
        floats(path, shape, -bound, bound).data as Float32Array,
      ]),
    );
    const masks = graph.masks.map(({ input, shape, rate }) => [
      input,
      (floats(input, shape, 0, 1).data as Float32Array).map((draw) => (draw < rate ? 0 : 1 / (1 - rate))),
    ]);
    const feeds = {
      ...batchFeeds(rows, { rows: [0, 1], shape }, 1 / 22),
      ...trainedFeeds(trained),
      ...Object.fromEntries(masks),
    };
    const run = (device: Device) => profile(t, graph.g, outputs, feeds, { device, weights, threads: 1 });
    const cpu = await run("cpu");
    const gpu = await run("webgpu");

    assert.equal(Object.keys(cpu.results).length, 2 + method.trainables(config).length);
    for (const [output, expected] of Object.entries(cpu.results)) {
      const actual = gpu.results[output] as Float32Array;
      assert.ok(
        (expected as Float32Array).some((value) => value !== 0),
        `${output} is not all zeros`,
      );
      assertClose(actual, expected as Float32Array, 1e-4, output);
    }
    const strayed = gpu.executed.filter(({ provider }) => provider !== "WebGpuExecutionProvider");
    // The shape of the embedding's indices, on their way to the GPU.
    const types = strayed.map((node) => node.type);
    assert.ok(
      types.every((type) => type === "Reshape" || type === "Unsqueeze"),
      `on the CPU: ${types}`,
    );
  });
}
