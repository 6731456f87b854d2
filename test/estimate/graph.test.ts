/**
 * The memory formula against the engine's own graph: a walk over its nodes that allocates every result, frees it after
 * its last use, and notes the most that was alive. Nothing of the formula is in the walk.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DecoderConfig } from "../../src/architectures/config.ts";
import { type Node, sizeOf, type Value } from "../../src/engine/graph/value.ts";
import { gradientOutputs, lossGraph } from "../../src/engine/train/loss.ts";
import { trainingMemory } from "../../src/estimate/memory.ts";
import { createMethod, type MethodSettings } from "../../src/methods/index.ts";

const config: DecoderConfig = {
  architecture: "LlamaForCausalLM",
  layers: 12,
  hiddenSize: 96,
  intermediateSize: 256,
  heads: 6,
  keyValueHeads: 2,
  headDim: 16,
  vocabularySize: 1000,
  maxPositions: 512,
  normEpsilon: 1e-6,
  rope: { theta: 10_000, scaling: { type: "default" } },
  tiedEmbeddings: true,
  attentionBias: false,
  attentionOutputBias: false,
  mlpBias: false,
  queryKeyNorm: false,
  windows: Array(12).fill(undefined),
};

const inPlace = ["add", "subtract", "multiply", "divide", "negate", "squareRoot", "sigmoid"];
const leaves = ["input", "weight", "constant"];

/** The most bytes alive at once, leaves left out. */
function peakOf(nodes: readonly Node[], results: readonly Value[]): number {
  const needed = new Set<Node>();
  const visit = (node: Node): void => {
    if (needed.has(node)) return;
    needed.add(node);
    for (const input of node.inputs) visit(input.node);
  };
  for (const value of results) visit(value.node);
  const order = nodes.filter((node) => needed.has(node) && !leaves.includes(node.operation));
  // A reshape is another name for the same memory.
  const memoryOf = (value: Value): Value =>
    value.node.operation === "reshape" ? memoryOf(value.node.inputs[0]!) : value;
  const lastUse = new Map<Value, number>();
  for (const [at, node] of order.entries()) for (const input of node.inputs) lastUse.set(memoryOf(input), at);
  for (const value of results) lastUse.set(memoryOf(value), Number.POSITIVE_INFINITY);

  let alive = 0;
  let peak = 0;
  for (const [at, node] of order.entries()) {
    if (node.operation === "reshape") continue;
    const ending = [...new Set(node.inputs.map(memoryOf))].filter(
      (value) => lastUse.get(value) === at && !leaves.includes(value.node.operation),
    );
    const reused = inPlace.includes(node.operation)
      ? ending.find((value) => sizeOf(value.shape) === sizeOf(node.outputs[0]!.shape))
      : undefined;
    const used = node.outputs.filter((output) => lastUse.has(output));
    const bytes = used.reduce((sum, output) => sum + bytesOf(output), 0);
    // Inside this one operation the log-probabilities stand beside the logits.
    const inside = node.operation === "crossEntropy" ? bytesOf(node.inputs[0]!) : 0;
    if (!reused) alive += bytes;
    peak = Math.max(peak, alive + inside);
    for (const value of ending) if (value !== reused) alive -= bytesOf(value);
  }
  return peak;
}

const bytesOf = (value: Value): number => 4 * sizeOf(value.shape);

const lora = { name: "lora", rank: 4, alpha: 8, dropout: 0, targets: "all-linear", rsLora: false } as const;
const cases: [string, MethodSettings, { rows: number; tokens: number; targets: number }, boolean][] = [
  ["LoRA", lora, { rows: 4, tokens: 64, targets: 8 }, false],
  ["LoRA, long rows", lora, { rows: 1, tokens: 512, targets: 8 }, false],
  ["LoRA, loss on everything", lora, { rows: 4, tokens: 64, targets: 256 }, false],
  ["LoRA with dropout", { ...lora, dropout: 0.1 }, { rows: 4, tokens: 64, targets: 8 }, false],
  ["LoRA on attention", { ...lora, targets: "attention" }, { rows: 4, tokens: 64, targets: 8 }, false],
  [
    "LoRA on queries and values",
    { ...lora, targets: ["q_proj", "v_proj"] },
    { rows: 4, tokens: 64, targets: 8 },
    false,
  ],
  ["LoRA, computed again", lora, { rows: 4, tokens: 64, targets: 8 }, true],
  ["LoRA, long rows computed again", lora, { rows: 1, tokens: 512, targets: 8 }, true],
  ["full", { name: "full" }, { rows: 4, tokens: 64, targets: 8 }, false],
  ["full, one short row", { name: "full" }, { rows: 1, tokens: 16, targets: 8 }, false],
];

describe("activations at the peak of a step, against the graph", () => {
  for (const [name, method, shape, again] of cases) {
    for (const queryKeyNorm of [false, true]) {
      it(`${name}${queryKeyNorm ? ", norms on queries and keys" : ""}`, () => {
        const model = { ...config, queryKeyNorm };
        const tuning = createMethod(method);
        const graph = lossGraph(model, tuning, shape, { training: true, checkpointing: again });
        const outputs = { ...gradientOutputs(graph), loss: graph.loss, losses: graph.losses };
        const walked = peakOf(graph.g.nodes, Object.values(outputs));
        const settings = { gradientCheckpointing: again, gradientAccumulation: 1 };
        const { activations, working, gradients } = trainingMemory(model, tuning, settings, shape);
        const predicted = activations + working + gradients;
        const ratio = predicted / walked;
        assert.ok(
          ratio > 0.95 && ratio < 1.25,
          `predicted ${predicted}, walked ${walked}: ${ratio.toFixed(3)}`,
        );
      });
    }
  }
});
