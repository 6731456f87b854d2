/** Reverse-mode differentiation: whole graphs against derivatives worked out by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { differentiate } from "../../../src/engine/graph/differentiate.ts";
import { Graph } from "../../../src/engine/graph/graph.ts";
import type { Value } from "../../../src/engine/graph/value.ts";
import { assertClose, compute } from "./tensors.ts";

const total = (g: Graph, x: Value) => g.sum(x, [...x.shape.keys()]);

test("a value used several times gets the sum of its gradients", async () => {
  const g = new Graph();
  const x = g.input("x", [3]);
  // Σ x² + 3x + x·Σx, with Σx = s: 2x + 3 + s + Σx
  const s = total(g, x);
  const loss = total(g, g.add(g.multiply(x, x), g.add(g.multiply(x, g.scalar(3)), g.multiply(x, s))));
  const [gradient] = differentiate(g, loss, [x]);
  const { d } = await compute(g, { d: gradient! }, { x: Float32Array.of(1, -2, 0.5) });
  const sum = -0.5;
  assertClose(
    d as Float32Array,
    [2, -4, 1].map((twice) => twice + 3 + 2 * sum),
    1e-6,
    "gradient",
  );
});

test("values in the middle of a graph have gradients too, and so has the loss itself", async () => {
  const g = new Graph();
  const x = g.input("x", [2]);
  const middle = g.multiply(x, x);
  const loss = total(g, g.multiply(middle, middle));
  const [atX, atMiddle, atLoss] = differentiate(g, loss, [x, middle, loss]);
  const results = await compute(
    g,
    { x4: atX!, middle2: atMiddle!, one: atLoss! },
    { x: Float32Array.of(2, -1) },
  );
  assertClose(results.x4 as Float32Array, [32, -4], 1e-6, "4x³");
  assertClose(results.middle2 as Float32Array, [8, 2], 1e-6, "2m");
  assert.deepEqual([...(results.one as Float32Array)], [1]);
});

test("zeros, in the right shape, where the loss does not depend on a value", async () => {
  const g = new Graph();
  const x = g.input("x", [2]);
  const unused = g.input("unused", [2, 3]);
  const after = g.multiply(total(g, x), unused);
  const gradients = differentiate(g, total(g, g.multiply(x, x)), [x, unused, after]);
  assert.deepEqual(
    gradients.map((gradient) => gradient.shape),
    [[2], [2, 3], [2, 3]],
  );
  const results = await compute(g, { a: gradients[1]!, b: gradients[2]! });
  assert.deepEqual([...(results.a as Float32Array)], [0, 0, 0, 0, 0, 0]);
  assert.deepEqual([...(results.b as Float32Array)], [0, 0, 0, 0, 0, 0]);
});

test("gradients can be differentiated again", async () => {
  const g = new Graph();
  const x = g.input("x", [3]);
  const [first] = differentiate(g, total(g, g.multiply(x, g.multiply(x, x))), [x]);
  const [second] = differentiate(g, total(g, first!), [x]);
  const { d } = await compute(g, { d: second! }, { x: Float32Array.of(1, -2, 0.5) });
  assertClose(d as Float32Array, [6, -12, 3], 1e-6, "6x");
});

test("nothing is computed for inputs nobody asked about", () => {
  const products = (wantWeight: boolean) => {
    const g = new Graph();
    const x = g.input("x", [2, 3]);
    const w = g.input("w", [3, 4]);
    const adapter = g.input("adapter", [4, 4]);
    const loss = total(g, g.matmul(g.matmul(x, w), adapter));
    differentiate(g, loss, wantWeight ? [w, adapter] : [adapter]);
    return g.nodes.filter((node) => node.operation === "matmul").length;
  };
  assert.equal(products(false), 2 + 1, "forward, then the adapter's gradient");
  assert.equal(products(true), 2 + 3, "forward, then the adapter's, the hidden state's and the weight's");
});

test("a loss of several numbers is refused", () => {
  const g = new Graph();
  const x = g.input("x", [2, 3]);
  assert.throws(() => differentiate(g, g.sum(x, [0]), [x]), /the loss must be one number, not \[1,3\]/);
});

test("an operation without a gradient is refused, but only if a gradient must pass through it", async () => {
  const g = new Graph();
  const x = g.input("x", [2, 3]);
  const labels = g.constant(BigInt64Array.of(0n, 2n), [2, 1]);
  const dy = g.constant(Float32Array.of(1, 1), [2, 1]);
  const y = g.apply("crossEntropyGradient", [x, labels, dy], {});
  assert.throws(
    () => differentiate(g, total(g, y), [x]),
    /internal: crossEntropyGradient is not differentiable/,
  );
  const scale = g.input("scale", [1]);
  const [gradient] = differentiate(g, total(g, g.multiply(y, scale)), [scale]);
  // softmax - onehot sums to zero
  const { d } = await compute(g, { d: gradient! }, { x: new Float32Array(6).fill(Math.log(1 / 3)) });
  assertClose(d as Float32Array, [0], 1e-5, "gradient of the factor");
});

test("second results carry statistics, not gradients", () => {
  const g = new Graph();
  const x = g.input("x", [2, 4]);
  const gain = g.input("gain", [4]);
  const [, inverse] = g.rmsNorm(x, gain, 1e-5).node.outputs;
  assert.throws(() => differentiate(g, total(g, inverse!), [x]), /only the first output of rmsNorm/);
});
