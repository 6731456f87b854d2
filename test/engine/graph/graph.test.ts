/** Building graphs: shapes are worked out and checked as each operation is added. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Graph } from "../../../src/engine/graph/graph.ts";
import { broadcastShapes } from "../../../src/engine/graph/shapes.ts";
import type { Value } from "../../../src/engine/graph/value.ts";

test("shapes broadcast by NumPy's rule", () => {
  // The examples of NumPy's manual, "General broadcasting rules".
  assert.deepEqual(broadcastShapes([256, 256, 3], [3]), [256, 256, 3]);
  assert.deepEqual(broadcastShapes([8, 1, 6, 1], [7, 1, 5]), [8, 7, 6, 5]);
  assert.deepEqual(broadcastShapes([5, 4], [1]), [5, 4]);
  assert.deepEqual(broadcastShapes([15, 3, 5], [15, 1, 5]), [15, 3, 5]);
  assert.throws(() => broadcastShapes([3], [4]), /internal: shapes \[3\] and \[4\] do not broadcast/);
  assert.throws(() => broadcastShapes([2, 1], [8, 4, 3]), /do not broadcast/);
});

const g = new Graph();
const value = (...shape: number[]) => g.input(`x${g.nodes.length}`, shape);
const ids = (...shape: number[]) => g.input(`x${g.nodes.length}`, shape, "int64");

const misfits: [string, () => Value, RegExp][] = [
  ["different types", () => g.add(value(2), ids(2)), /cannot combine float32 with int64/],
  ["shapes that do not broadcast", () => g.multiply(value(2, 3), value(2)), /\[2,3\] and \[2\]/],
  ["inner dimensions", () => g.matmul(value(2, 3), value(2, 3)), /matmul cannot take \[2,3\] @ \[2,3\]/],
  [
    "transposed inner dimensions",
    () => g.matmul(value(2, 3), value(3, 2), { transposeB: true }),
    /\[2,3\] @ \[3,2\]ᵀ/,
  ],
  ["batches", () => g.matmul(value(2, 2, 3), value(3, 3, 2)), /matmul cannot take/],
  ["a batch on the second side only", () => g.matmul(value(2, 3), value(5, 3, 2)), /matmul cannot take/],
  ["another number of elements", () => g.reshape(value(2, 3), [5]), /reshape cannot take \[2,3\] to \[5\]/],
  ["a repeated axis", () => g.transpose(value(2, 3), [0, 0]), /transpose cannot take \[2,3\] by \[0,0\]/],
  ["too few axes", () => g.transpose(value(2, 3), [0]), /transpose cannot take/],
  ["a slice past the end", () => g.slice(value(4), 0, 2, 5), /slice cannot take \[4\] axis 0 2:5/],
  ["an empty slice", () => g.slice(value(4), 0, 2, 2), /slice cannot take/],
  ["a slice of an axis that is not there", () => g.slice(value(4), 1, 0, 1), /slice cannot take/],
  ["parts of other lengths", () => g.concat([value(2, 3), value(2, 4)], 0), /concat cannot take/],
  ["parts of other ranks", () => g.concat([value(2, 3), value(2)], 0), /concat cannot take/],
  ["a shape that does not stretch", () => g.broadcast(value(2), [3]), /do not broadcast/],
  ["a shape to shrink", () => g.broadcast(value(2, 3), [3]), /broadcast cannot take \[2,3\] to \[3\]/],
  ["an axis that is not there", () => g.sum(value(2, 3), [2]), /sum cannot take \[2,3\] over axes \[2\]/],
  ["no axis, which ONNX takes for all", () => g.apply("sum", [value(2, 3)], { axes: [] }), /sum cannot take/],
  ["a negative axis", () => g.mean(value(2, 3), [-1]), /mean cannot take/],
  ["indices that are numbers", () => g.gather(value(5, 2), value(3)), /gather/],
  ["fewer indices than updates", () => g.scatterAdd(value(3, 2), ids(2), 5), /scatterAdd cannot take/],
  ["labels in a row", () => g.crossEntropy(value(3, 5), ids(3)), /crossEntropy cannot take/],
  ["a gain of another width", () => g.rmsNorm(value(3, 5), value(4), 1e-5), /rmsNorm cannot take/],
  [
    "rotary tables of another width",
    () => g.rotary(value(1, 2, 3, 4), value(3, 4), value(3, 4), ids(1, 3)),
    /rotary cannot take/,
  ],
  [
    "rotary positions of another batch",
    () => g.rotary(value(2, 2, 3, 4), value(3, 2), value(3, 2), ids(1, 3)),
    /rotary cannot take/,
  ],
  ["another number of elements than the shape", () => g.constant(new Float32Array(5), [2, 3]), /constant/],
];

for (const [name, build, message] of misfits) {
  test(`refused where it is written: ${name}`, () => {
    assert.throws(build, (error: Error) => {
      assert.match(error.message, /^internal: /);
      assert.match(error.message, message);
      return true;
    });
  });
}

test("operations that would change nothing add nothing", () => {
  const own = new Graph();
  const x = own.input("x", [2, 3]);
  assert.equal(own.reshape(x, [2, 3]), x);
  assert.equal(own.broadcast(x, [2, 3]), x);
  assert.equal(own.sum(x, []), x);
  assert.equal(own.mean(x, []), x);
  assert.equal(own.nodes.length, 1);
});

test("reshapes of reshapes are one, and so are transposes that move nothing", () => {
  const own = new Graph();
  const x = own.input("x", [6, 4]);
  // One token's heads, as decoding has them: [1, 1, 6, 4] -> [1, 6, 1, 4].
  const heads = own.transpose(own.reshape(x, [1, 1, 6, 4]), [0, 2, 1, 3]);
  assert.deepEqual([heads.node.operation, heads.shape, heads.node.inputs], ["reshape", [1, 6, 1, 4], [x]]);
  assert.equal(own.reshape(heads, [6, 4]), x);
  const swapped = own.transpose(own.reshape(x, [1, 1, 6, 4]), [0, 1, 3, 2]);
  assert.deepEqual([swapped.node.operation, swapped.shape], ["transpose", [1, 1, 4, 6]]);
});
