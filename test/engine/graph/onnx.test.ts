/** The ONNX encoding, read back by the published schema, and by ONNX Runtime itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Graph } from "../../../src/engine/graph/graph.ts";
import { type Device, lowerings } from "../../../src/engine/graph/lowering/index.ts";
import { encodeOnnx } from "../../../src/engine/graph/onnx.ts";
import type { Value } from "../../../src/engine/graph/value.ts";
import { type OnnxModel, readOnnx } from "./onnx-model.ts";
import { compute } from "./tensors.ts";

const noWeight = () => assert.fail("no weight is read");

function encode(g: Graph, outputs: Record<string, Value>, device: Device = "cpu"): OnnxModel {
  return readOnnx(encodeOnnx(g, outputs, device, noWeight).bytes).model;
}

const elementTypes = { float32: 1, int32: 6, int64: 7 };

test("the file holds nothing outside the schema, and names its versions, inputs and outputs", () => {
  const g = new Graph();
  const table = g.input("table", [5, 3]);
  const ids = g.input("ids", [2, 2], "int64");
  const y = g.softmax(
    g.matmul(g.gather(table, ids), g.constant(new Float32Array(6), [3, 2]), { alpha: 0.5 }),
  );
  const encoded = encodeOnnx(g, { y }, "cpu", noWeight);
  const { model, unknownBytes } = readOnnx(encoded.bytes);
  assert.equal(unknownBytes, 0);
  assert.equal(model.ir_version, "10");
  assert.deepEqual(
    model.opset_import.map(({ domain, version }) => [domain, version]),
    [
      ["", "23"],
      ["com.microsoft", "1"],
    ],
  );
  const declared = (values: OnnxModel["graph"]["input"]) =>
    values.map(({ name, type: { tensor_type } }) => [
      name,
      tensor_type.elem_type,
      tensor_type.shape.dim.map((dim) => Number(dim.dim_value)),
    ]);
  assert.deepEqual(declared(model.graph.input), [
    ["table", elementTypes.float32, [5, 3]],
    ["ids", elementTypes.int64, [2, 2]],
  ]);
  assert.deepEqual(declared(model.graph.output), [["y", elementTypes.float32, [2, 2, 2]]]);
  assert.deepEqual(encoded.inputs, {
    table: { shape: [5, 3], dtype: "float32" },
    ids: { shape: [2, 2], dtype: "int64" },
  });
  assert.deepEqual(encoded.outputs, { y: { shape: [2, 2, 2], dtype: "float32" } });
});

test("attributes keep their kind: integers, negative ones, lists and floats", () => {
  const g = new Graph();
  const x = g.input("x", [2, 3]);
  const y = g.matmul(g.softmax(g.transpose(x, [1, 0])), x, { transposeA: true, transposeB: true, alpha: 2 });
  const attributes = encode(g, { y }).graph.node.flatMap((node) =>
    node.attribute.map(({ name, type, i, f, ints }) => [
      name,
      type,
      type === "FLOAT" ? f : type === "INT" ? i : ints,
    ]),
  );
  assert.deepEqual(attributes, [
    ["transA", "INT", "1"],
    ["transB", "INT", "1"],
    ["alpha", "FLOAT", 2],
    ["axis", "INT", "-1"],
    ["perm", "INTS", ["1", "0"]],
  ]);
});

test("every name is given once, and nodes are named by their first result", () => {
  const g = new Graph();
  const x = g.input("x", [4, 6]);
  const labels = g.input("labels", [4, 1], "int64");
  const norm = g.rmsNorm(x, g.constant(new Float32Array(6).fill(1), [6]), 1e-5);
  const losses = g.crossEntropy(g.silu(norm), labels);
  const { graph } = encode(g, { losses, inverse: norm.node.outputs[1]! }, "webgpu");
  const names = [...graph.node.flatMap((node) => node.output), ...graph.initializer, ...graph.input].map(
    (each) => (typeof each === "string" ? each : each.name),
  );
  assert.equal(new Set(names).size, names.length);
  for (const node of graph.node) assert.equal(node.name, node.output[0]);
});

test("small constants that are equal are stored once; those that only look alike are not", async () => {
  const g = new Graph();
  const stored = [
    g.constant(Float32Array.of(2, 3), [2]),
    g.constant(Float32Array.of(2, 3), [2]),
    g.constant(Float32Array.of(2, 3), [2, 1]),
    g.constant(BigInt64Array.of(2n, 3n), [2]),
    g.constant(Int32Array.of(2, 3), [2]),
    g.constant(Float32Array.of(0), [1]),
    g.constant(Float32Array.of(-0), [1]),
    g.scalar(7),
    g.scalar(7),
  ];
  const outputs = Object.fromEntries(stored.map((value, i) => [`y${i}`, value]));
  const tensors = encode(g, outputs).graph.initializer;
  assert.deepEqual(
    tensors.map(({ data_type, dims }) => [data_type, dims.map(Number)]),
    [
      [elementTypes.float32, [2]],
      [elementTypes.float32, [2, 1]],
      [elementTypes.int64, [2]],
      [elementTypes.int32, [2]],
      [elementTypes.float32, [1]],
      [elementTypes.float32, [1]],
      [elementTypes.float32, []],
    ],
  );
  const results = await compute(g, outputs);
  assert.deepEqual(
    Object.values(results).map((data) => [...data]),
    [[2, 3], [2, 3], [2, 3], [2n, 3n], [2, 3], [0], [-0], [7], [7]],
  );
});

test("a constant that views a larger buffer is stored without its surroundings", async () => {
  const g = new Graph();
  const whole = Float32Array.of(9, 1, 2, 9);
  const { y } = await compute(g, { y: g.constant(whole.subarray(1, 3), [2]) });
  assert.deepEqual([...y!], [1, 2]);
});

test("what the outputs do not need is left out, inputs included", () => {
  const g = new Graph();
  const x = g.input("x", [2]);
  const unused = g.multiply(g.input("unused", [2]), x);
  g.sigmoid(unused);
  const encoded = encodeOnnx(g, { y: g.negate(x) }, "cpu", noWeight);
  assert.deepEqual(Object.keys(encoded.inputs), ["x"]);
  assert.deepEqual(
    readOnnx(encoded.bytes).model.graph.node.map((node) => node.op_type),
    ["Neg"],
  );
});

test("nodes that a lowering adds for a second result are left out where nobody reads it", () => {
  const types = (withSecond: boolean) => {
    const g = new Graph();
    const y = g.rmsNorm(g.input("x", [2, 4]), g.input("gain", [4]), 1e-5);
    const outputs: Record<string, Value> = withSecond ? { y, inverse: y.node.outputs[1]! } : { y };
    return encode(g, outputs, "webgpu").graph.node.map((node) => node.op_type);
  };
  assert.deepEqual(types(false), ["SimplifiedLayerNormalization"]);
  assert.ok(types(true).includes("Sqrt"));
});

test("one value can have two names, and an input, a constant or an inner value can be an output", async () => {
  const g = new Graph();
  const x = g.input("x", [2]);
  const inner = g.negate(x);
  const outer = g.multiply(inner, g.scalar(2));
  const outputs = { first: outer, second: outer, inner, same: x, two: g.scalar(2) };
  const results = await compute(g, outputs, { x: Float32Array.of(1, -4) });
  assert.deepEqual(Object.fromEntries(Object.entries(results).map(([name, data]) => [name, [...data]])), {
    first: [-2, 8],
    second: [-2, 8],
    inner: [-1, 4],
    same: [1, -4],
    two: [2],
  });
});

test("two inputs of one name are refused", () => {
  const g = new Graph();
  const y = g.add(g.input("x", [2]), g.input("x", [2]));
  assert.throws(() => encodeOnnx(g, { y }, "cpu", noWeight), /internal: two inputs are called x/);
});

test("a weight is a reference to bytes of a file, once however often it is read", () => {
  const g = new Graph();
  const y = g.multiply(g.multiply(g.input("x", [2, 3]), g.weight("w", [3])), g.weight("w", [3]));
  const offset = 2 ** 33; // Past what 32 bits hold.
  const encoded = encodeOnnx(g, { y }, "cpu", () => ({ file: "model.bin", offset, byteLength: 12 }));
  assert.deepEqual(encoded.weights, ["w"]);
  const { model, unknownBytes } = readOnnx(encoded.bytes);
  assert.equal(unknownBytes, 0);
  const [tensor, ...others] = model.graph.initializer;
  assert.equal(others.length, 0);
  assert.equal(tensor!.name, "w");
  assert.deepEqual(tensor!.dims, ["3"]);
  assert.equal(tensor!.data_location, "EXTERNAL");
  assert.equal(tensor!.raw_data, "");
  assert.deepEqual(
    tensor!.external_data.map(({ key, value }) => [key, value]),
    [
      ["location", "model.bin"],
      ["offset", "8589934592"],
      ["length", "12"],
    ],
  );
});

test("every device lowers the same operations", () => {
  const operations = Object.keys(lowerings.cpu).sort();
  for (const lowering of Object.values(lowerings)) assert.deepEqual(Object.keys(lowering).sort(), operations);
});
