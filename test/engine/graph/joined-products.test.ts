/** On the CPU an addition takes in the product it adds (Gemm's C): where it may, and with the same numbers. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Graph } from "../../../src/engine/graph/graph.ts";
import { encodeOnnx } from "../../../src/engine/graph/onnx.ts";
import type { Value } from "../../../src/engine/graph/value.ts";
import { type Data, Session } from "../../../src/engine/runtime/session.ts";
import { readOnnx } from "./onnx-model.ts";
import { floats } from "./tensors.ts";

const typesOf = (g: Graph, outputs: Record<string, Value>) =>
  readOnnx(encodeOnnx(g, outputs, "cpu", () => assert.fail()).bytes)
    .model.graph.node.map((node) => node.op_type)
    .sort();

async function compute(g: Graph, outputs: Record<string, Value>, feeds: Record<string, Data>): Promise<Data> {
  const session = await Session.create(g, outputs, { threads: 1 });
  const { sum } = await session.run(feeds);
  await session.release();
  return sum!;
}

describe("a product and an addition", () => {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      for (const productFirst of [false, true]) {
        const how = `${transposeA ? "Aᵀ" : "A"} ${transposeB ? "Bᵀ" : "B"}, ${productFirst ? "product + x" : "x + product"}`;
        it(`are one node with the same result: ${how}`, async () => {
          const build = () => {
            const g = new Graph();
            const a = g.input("a", transposeA ? [3, 5] : [5, 3]);
            const b = g.input("b", transposeB ? [4, 3] : [3, 4]);
            const x = g.input("x", [5, 4]);
            const product = g.matmul(a, b, { transposeA, transposeB, alpha: -1.5 });
            return { g, product, sum: productFirst ? g.add(product, x) : g.add(x, product) };
          };
          const feeds = Object.fromEntries(
            [["a", 15] as const, ["b", 12] as const, ["x", 20] as const].map(([name, size]) => [
              name,
              floats(name, [size]).data as Float32Array,
            ]),
          );
          const joined = build();
          assert.deepEqual(typesOf(joined.g, { sum: joined.sum }), ["Gemm"]);
          // Wanted for itself too, the product keeps its node.
          const apart = build();
          const both = { sum: apart.sum, product: apart.product };
          assert.deepEqual(typesOf(apart.g, both).length, 2);
          const found = await compute(joined.g, { sum: joined.sum }, feeds);
          const expected = await compute(apart.g, both, feeds);
          for (let i = 0; i < 20; i++) assert.ok(Math.abs(Number(found[i]) - Number(expected[i])) < 1e-6);
        });
      }
    }
  }

  it("stay two where the product is read elsewhere, has batches, or is broadcast", () => {
    const twice = new Graph();
    const [a, b] = [twice.input("a", [4, 4]), twice.input("b", [4, 4])];
    const product = twice.matmul(a, b);
    const sum = twice.multiply(twice.add(a, product), product);
    assert.deepEqual(typesOf(twice, { sum }), ["Add", "MatMul", "Mul"]);

    const batched = new Graph();
    const inBatches = batched.matmul(batched.input("a", [2, 4, 4]), batched.input("b", [2, 4, 4]));
    assert.deepEqual(typesOf(batched, { sum: batched.add(inBatches, batched.input("x", [2, 4, 4])) }), [
      "Add",
      "MatMul",
    ]);

    const broadcast = new Graph();
    const whole = broadcast.matmul(broadcast.input("a", [4, 4]), broadcast.input("b", [4, 4]));
    assert.deepEqual(typesOf(broadcast, { sum: broadcast.add(whole, broadcast.input("x", [4])) }), [
      "Add",
      "MatMul",
    ]);
  });

  it("stay two where both summands are the same product", () => {
    const g = new Graph();
    const product = g.matmul(g.input("a", [4, 4]), g.input("b", [4, 4]));
    assert.deepEqual(typesOf(g, { sum: g.add(product, product) }), ["Add", "MatMul"]);
  });
});
