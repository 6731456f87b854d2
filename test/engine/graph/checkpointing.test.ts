/**
 * Gradient checkpointing, and the order in which ONNX Runtime really executes a graph (its own profile): recomputed
 * values must appear late and die early, or there is nothing to gain.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { differentiate } from "../../../src/engine/graph/differentiate.ts";
import { Graph } from "../../../src/engine/graph/graph.ts";
import { encodeOnnx } from "../../../src/engine/graph/onnx.ts";
import { type Node, sizeOf, type Value } from "../../../src/engine/graph/value.ts";
import { readOnnx } from "./onnx-model.ts";
import { profile } from "./profile.ts";
import { assertSameBits, compute, floats } from "./tensors.ts";

const layers = 6;
const rows = 32;
const width = 16;
const inner = 64;

interface Stack {
  g: Graph;
  outputs: Record<string, Value>;
  /** Nodes of the forward pass. */
  forward: readonly Node[];
  /** Nodes that compute a segment's values again, by segment, first to last. */
  recomputed: Node[][];
  feeds: Record<string, Float32Array>;
}

/** h + silu(norm(h) Wᵀ) V, `layers` times, then the sum of squares. */
function stack(checkpointing: boolean): Stack {
  const g = new Graph();
  const feeds: Record<string, Float32Array> = {};
  const input = (name: string, shape: readonly number[], bound = 0.5) => {
    feeds[name] = floats(name, shape, -bound, bound).data as Float32Array;
    return g.outside(() => g.input(name, shape));
  };
  let hidden = input("x", [rows, width]);
  const trained: Value[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const build = () => {
      const up = input(`up${layer}`, [inner, width]);
      const down = input(`down${layer}`, [inner, width]);
      const gain = input(`gain${layer}`, [width]);
      trained.push(up, down, gain);
      const raised = g.silu(g.matmul(g.rmsNorm(hidden, gain, 1e-5), up, { transposeB: true }));
      return g.add(hidden, g.matmul(raised, down));
    };
    hidden = checkpointing ? g.segment(build) : build();
  }
  const loss = g.sum(g.multiply(hidden, hidden), [0, 1]);
  const forward = g.nodes.slice();
  const outputs: Record<string, Value> = { loss };
  differentiate(g, loss, trained).forEach((gradient, i) => {
    outputs[`gradient${i}`] = gradient;
  });
  return { g, outputs, forward, recomputed: checkpointing ? recomputation(g, forward) : [], feeds };
}

/** Copies are found by their inputs: the same operation on the same leaves, or on copies. */
function recomputation(g: Graph, forward: readonly Node[]): Node[][] {
  const copyOf = new Map<Node, Node>();
  const original = (value: Value) => copyOf.get(value.node) ?? value.node;
  const segments: Node[][] = Array.from({ length: layers }, () => []);
  for (const node of g.nodes.slice(forward.length)) {
    const copied = forward.find(
      (own) =>
        own.segment !== undefined &&
        own.operation === node.operation &&
        own.attributes === node.attributes &&
        own.inputs.every((value, i) => value.node === original(node.inputs[i]!)),
    );
    if (!copied) continue;
    copyOf.set(node, copied);
    segments[copied.segment!]!.push(node);
  }
  return segments;
}

/** Names of the nodes in the ONNX file, by our nodes: that of the first result. */
function namesInFile(outputs: Record<string, Value>, nodes: readonly Node[]): Set<string> {
  const named = new Map(Object.entries(outputs).map(([name, value]) => [value, name]));
  return new Set(nodes.map((node) => named.get(node.outputs[0]!) ?? `${node.operation}${node.id}`));
}

test("gradients with and without checkpointing are the same, bit for bit", async () => {
  const plain = stack(false);
  const checkpointed = stack(true);
  const expected = await compute(plain.g, plain.outputs, plain.feeds);
  const actual = await compute(checkpointed.g, checkpointed.outputs, checkpointed.feeds);
  assert.equal(Object.keys(actual).length, 1 + 3 * layers);
  for (const name of Object.keys(expected)) assertSameBits(actual[name]!, expected[name]!, name);
});

test("what a segment holds inside is really computed again, in the file and at the run", async (t) => {
  const count = async (checkpointing: boolean) => {
    const { g, outputs, feeds } = stack(checkpointing);
    const { executed } = await profile(t, g, outputs, feeds);
    const inFile = readOnnx(encodeOnnx(g, outputs, "cpu", () => assert.fail()).bytes).model.graph.node;
    const of = (type: string) => executed.filter((node) => node.type === type).length;
    assert.deepEqual(executed.map((node) => node.name).sort(), inFile.map((node) => node.name).sort());
    return { norms: of("SimplifiedLayerNormalization"), silus: of("QuickGelu") };
  };
  assert.deepEqual(await count(false), { norms: layers, silus: layers });
  assert.deepEqual(await count(true), { norms: 2 * layers, silus: 2 * layers });
});

test("a segment is computed again after the forward pass and after every later segment's backward pass", async (t) => {
  const { g, outputs, forward, recomputed, feeds } = stack(true);
  const { executed } = await profile(t, g, outputs, feeds);
  const places = (nodes: readonly Node[]) => {
    const names = namesInFile(outputs, nodes);
    return executed.flatMap(({ name }, place) => (names.has(name) ? [place] : []));
  };
  const lastForward = Math.max(...places(forward));
  assert.ok(recomputed.every((segment) => places(segment).length > 0));
  for (const [segment, nodes] of recomputed.entries()) {
    const first = Math.min(...places(nodes));
    assert.ok(first > lastForward, `segment ${segment} is computed again at ${first}, in the forward pass`);
    for (const later of recomputed.slice(segment + 1)) {
      assert.ok(first > Math.max(...places(later)), `segment ${segment} is computed again too early`);
    }
    // Everything that reads the later segments' copies has run by then.
    const laterCopies = new Set(recomputed.slice(segment + 1).flat());
    const readers = g.nodes.filter((node) => node.inputs.some((value) => laterCopies.has(value.node)));
    assert.ok(
      first > Math.max(-1, ...places(readers)),
      `segment ${segment} waits for no reader of later ones`,
    );
  }
});

test("execution is a depth-first walk from the results, in the order in which nodes were added", async (t) => {
  const { g, outputs, feeds } = stack(true);
  const { executed } = await profile(t, g, outputs, feeds);
  const needed: Node[] = [];
  const visit = (node: Node) => {
    if (needed.includes(node) || node.inputs.length === 0) return;
    const inputs = node.inputs.map((value) => value.node);
    for (const input of inputs.sort((a, b) => a.id - b.id)) visit(input);
    needed.push(node);
  };
  const results = Object.values(outputs).map((value) => value.node);
  for (const result of results.sort((a, b) => a.id - b.id)) visit(result);
  const ours = namesInFile(outputs, needed);
  assert.equal(ours.size, needed.length);
  // Products that an addition takes in have no node of their own.
  const { node: inFile } = readOnnx(encodeOnnx(g, outputs, "cpu", () => assert.fail()).bytes).model.graph;
  const expected = [...ours].filter((name) => inFile.some((each) => each.name === name));
  assert.ok(expected.length < ours.size && expected.length > ours.size / 2);
  assert.deepEqual(
    executed.map((node) => node.name).filter((name) => ours.has(name)),
    expected,
  );
});

test("checkpointing halves the largest number of values alive at once, at least", async (t) => {
  const peaks: number[] = [];
  for (const checkpointing of [false, true]) peaks.push(await peakElements(t, stack(checkpointing)));
  assert.ok(peaks[1]! < 0.5 * peaks[0]!, `${peaks[0]} elements without, ${peaks[1]} with`);
});

/** Plays the executed order back: a value lives from the node that makes it to the last one that reads it. */
async function peakElements(t: TestContext, { g, outputs, feeds }: Stack): Promise<number> {
  const { executed } = await profile(t, g, outputs, feeds);
  const { node } = readOnnx(encodeOnnx(g, outputs, "cpu", () => assert.fail()).bytes).model.graph;
  const inFile = new Map(node.map((each) => [each.name, each]));
  const elements = new Map<string, number>();
  for (const own of g.nodes) {
    for (const value of own.outputs) {
      const suffix = value.output > 0 ? `.${value.output}` : "";
      elements.set(`${own.operation}${own.id}${suffix}`, sizeOf(value.shape));
    }
  }
  const lastUse = new Map<string, number>();
  executed.forEach(({ name }, at) => {
    for (const input of inFile.get(name)!.input) lastUse.set(input, at);
  });
  let alive = 0;
  let peak = 0;
  executed.forEach(({ name }, at) => {
    const { input, output } = inFile.get(name)!;
    // Gradients have their own names and lie in arrays of the caller; they are not counted.
    for (const each of output) alive += elements.get(each) ?? 0;
    peak = Math.max(peak, alive);
    for (const each of new Set([...input, ...output])) {
      if ((lastUse.get(each) ?? at) === at) alive -= elements.get(each) ?? 0;
    }
  });
  return peak;
}

test("segments do not nest", () => {
  const g = new Graph();
  assert.throws(() => g.segment(() => g.segment(() => g.scalar(1))), /internal: segments do not nest/);
});
