/**
 * What every operation must compute: small graphs around each one, and the same function in TensorFlow.js.
 * The table is total over the operations, so a new operation without a case does not compile.
 */
import * as tf from "@tensorflow/tfjs";
import type { Graph } from "../../../src/engine/graph/graph.ts";
import type { OperationName } from "../../../src/engine/graph/operations.ts";
import type { Value } from "../../../src/engine/graph/value.ts";
import { floats, integers, type Tensor } from "./tensors.ts";

export interface Case {
  name: string;
  /** Fed. Gradients are checked with respect to the float32 ones. */
  inputs: readonly Tensor[];
  /** Mapped from a file, as `w0`, `w1` …; the oracle gets them after the inputs. Gradients are checked too. */
  weights?: readonly Tensor[];
  build(g: Graph, inputs: readonly Value[]): Value;
  /** The result, or all results where the operation has several; only the first is differentiated. */
  oracle(inputs: readonly tf.Tensor[]): tf.Tensor | tf.Tensor[];
}

export type CaseTable = { readonly [K in OperationName]: readonly Case[] };

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
type BinaryName = "add" | "subtract" | "multiply" | "divide";
type UnaryName = "negate" | "squareRoot" | "sigmoid" | "silu";

const shapePairs: readonly [number[], number[]][] = [
  [[5], [5]],
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], []],
  [[], []],
  [[4, 3], [3]],
  [[3], [2, 1]],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [
    [1, 3],
    [2, 1],
  ],
  [
    [2, 2, 3, 4],
    [2, 1, 1, 4],
  ],
];

function binary(operation: BinaryName, oracle: Binary): Case[] {
  // Divisors stay away from zero.
  const second = (shape: readonly number[]) =>
    operation === "divide" ? floats("divisor", shape, 0.7, 2) : floats("second", shape);
  const pairs = shapePairs.map(
    ([a, b]): Case => ({
      name: `[${a}] and [${b}]`,
      inputs: [floats("first", a), second(b)],
      build: (g, [x, y]) => g[operation](x!, y!),
      oracle: ([x, y]) => oracle(x!, y!),
    }),
  );
  const withItself: Case = {
    name: "a value with itself",
    inputs: [floats("both", [2, 3], 0.7, 2)],
    build: (g, [x]) => g[operation](x!, x!),
    oracle: ([x]) => oracle(x!, x!),
  };
  return [...pairs, withItself];
}

function unary(operation: UnaryName, oracle: Unary, low = -3, high = 3): Case[] {
  return [[7], [2, 3], [2, 1, 3, 4], []].map((shape) => ({
    name: `[${shape}]`,
    inputs: [floats(operation, shape, low, high)],
    build: (g, [x]) => g[operation](x!),
    oracle: ([x]) => oracle(x!),
  }));
}

/** Where the exponential would overflow or vanish if it were computed carelessly. */
function farFromZero(operation: "sigmoid" | "silu", oracle: Unary): Case {
  return {
    name: "far from zero",
    inputs: [{ shape: [6], data: Float32Array.of(-200, -90, -20, 20, 90, 200) }],
    build: (g, [x]) => g[operation](x!),
    oracle: ([x]) => oracle(x!),
  };
}

function silu(x: tf.Tensor): tf.Tensor {
  return x.mul(tf.sigmoid(x));
}

/** All transpositions and factors of a product of matrices, of batches, and of a batch with one matrix. */
function products(): Case[] {
  const kinds = [
    { kind: "matrices", batchOfA: [], batchOfB: [] },
    { kind: "batches", batchOfA: [2], batchOfB: [2] },
    { kind: "batches of two axes", batchOfA: [2, 3], batchOfB: [2, 3] },
    { kind: "a batch and one matrix", batchOfA: [3], batchOfB: [] },
    { kind: "a batch of two axes and one matrix", batchOfA: [2, 2], batchOfB: [] },
  ];
  const sizes = { m: 2, k: 4, n: 3 };
  const cases = kinds.flatMap(({ kind, batchOfA, batchOfB }) =>
    [false, true].flatMap((transposeA) =>
      [false, true].flatMap((transposeB) =>
        [1, 0.25].map((alpha) =>
          product(
            `${kind}${transposeA ? ", first transposed" : ""}${transposeB ? ", second transposed" : ""}, × ${alpha}`,
            [...batchOfA, ...(transposeA ? [sizes.k, sizes.m] : [sizes.m, sizes.k])],
            [...batchOfB, ...(transposeB ? [sizes.n, sizes.k] : [sizes.k, sizes.n])],
            { transposeA, transposeB, alpha },
          ),
        ),
      ),
    ),
  );
  const plain = { transposeA: false, transposeB: true, alpha: 1 };
  return [
    ...cases,
    product("one row", [1, 5], [3, 5], plain),
    product("sizes that are no multiple of a vector register", [17, 33], [19, 33], plain),
  ];
}

function product(
  name: string,
  a: readonly number[],
  b: readonly number[],
  options: { transposeA: boolean; transposeB: boolean; alpha: number },
): Case {
  const { transposeA, transposeB, alpha } = options;
  return {
    name,
    inputs: [floats("a", a), floats("b", b)],
    build: (g, [x, y]) => g.matmul(x!, y!, options),
    oracle: ([x, y]) => {
      // TensorFlow.js gets the shared matrix once per batch; the tiling's own gradient sums over it.
      const shared = x!.rank > 2 && y!.rank === 2;
      const batch = x!.shape.slice(0, -2);
      const whole = shared ? y!.reshape([...batch.map(() => 1), ...y!.shape]).tile([...batch, 1, 1]) : y!;
      return tf.matMul(x!, whole, transposeA, transposeB).mul(alpha);
    },
  };
}

function reductions(operation: "sum" | "mean"): Case[] {
  const cases: [number[], number[]][] = [
    [[5], [0]],
    [[2, 3], [0]],
    [[2, 3], [1]],
    [
      [2, 3],
      [0, 1],
    ],
    [
      [2, 3, 4],
      [0, 2],
    ],
    [[2, 1, 3], [1]],
  ];
  return cases.map(([shape, axes]) => ({
    name: `[${shape}] over [${axes}]`,
    inputs: [floats(operation, shape)],
    build: (g, [x]) => g[operation](x!, axes),
    oracle: ([x]) => x![operation](axes, true),
  }));
}

function normed(x: tf.Tensor, gain: tf.Tensor, epsilon: number): tf.Tensor[] {
  const inverse = tf.rsqrt(x.square().mean(-1, true).add(epsilon));
  return [x.mul(inverse).mul(gain), inverse];
}

function rmsNorm(name: string, x: Tensor, epsilon: number): Case {
  return {
    name,
    inputs: [x, floats("gain", [x.shape.at(-1)!], 0.5, 1.5)],
    build: (g, [value, gain]) => g.rmsNorm(value!, gain!, epsilon),
    oracle: ([value, gain]) => normed(value!, gain!, epsilon),
  };
}

function rotary(name: string, shape: [number, number, number, number], places: readonly number[]): Case {
  const [batch, heads, tokens, headDim] = shape;
  const half = headDim / 2;
  const positions = Math.max(...places) + 1;
  const angles = Array.from({ length: positions * half }, (_, i) => Math.floor(i / half) / 10 ** (i % half));
  const table = (f: (angle: number) => number) => Float32Array.from(angles, f);
  return {
    name,
    inputs: [floats("x", shape), integers([batch, tokens], places)],
    build: (g, [x, ids]) =>
      g.rotary(
        x!,
        g.constant(table(Math.cos), [positions, half]),
        g.constant(table(Math.sin), [positions, half]),
        ids!,
      ),
    oracle: ([x, ids]) => {
      // Llama's own way of writing it: x · cos + rotateHalf(x) · sin, with both tables repeated.
      const row = (f: (angle: number) => number) => {
        const once = tf.gather(tf.tensor2d(table(f), [positions, half]), ids!.reshape([batch * tokens]));
        return tf.concat([once, once], 1).reshape([batch, 1, tokens, headDim]);
      };
      const low = x!.slice([0, 0, 0, 0], [batch, heads, tokens, half]);
      const high = x!.slice([0, 0, 0, half], [batch, heads, tokens, half]);
      const rotated = tf.concat([high.neg(), low], 3);
      return x!.mul(row(Math.cos)).add(rotated.mul(row(Math.sin)));
    },
  };
}

function crossEntropy(name: string, logits: Tensor, labels: readonly number[]): Case {
  return {
    name,
    inputs: [logits, integers([labels.length, 1], labels)],
    build: (g, [x, y]) => g.crossEntropy(x!, y!),
    oracle: ([x, y]) => {
      const logProbabilities = tf.logSoftmax(x!);
      return logProbabilities.mul(oneHot(y!, x!.shape[1]!)).sum(1, true).neg();
    },
  };
}

function oneHot(labels: tf.Tensor, classes: number): tf.Tensor {
  return tf.oneHot(labels.reshape([labels.size]).toInt(), classes).toFloat();
}

export const operationCases: CaseTable = {
  input: [
    {
      name: "returned as it is",
      inputs: [floats("x", [2, 3])],
      build: (_, [x]) => x!,
      oracle: ([x]) => x!.mul(1),
    },
  ],
  weight: [
    {
      name: "two of them, mapped from one file",
      inputs: [floats("x", [2, 3])],
      weights: [floats("w0", [3]), floats("w1", [2, 1])],
      build: (g, [x]) => g.multiply(g.multiply(x!, g.weight("w0", [3])), g.weight("w1", [2, 1])),
      oracle: ([x, first, second]) => x!.mul(first!).mul(second!),
    },
  ],
  constant: [
    {
      name: "float32 and int64",
      inputs: [floats("x", [4, 2])],
      build: (g, [x]) =>
        g.multiply(
          g.gather(x!, g.constant(BigInt64Array.of(3n, 0n), [2])),
          g.constant(Float32Array.of(2, -3), [2]),
        ),
      oracle: ([x]) => tf.gather(x!, tf.tensor1d([3, 0], "int32")).mul(tf.tensor1d([2, -3])),
    },
  ],

  add: binary("add", tf.add),
  subtract: binary("subtract", tf.sub),
  multiply: binary("multiply", tf.mul),
  divide: binary("divide", tf.div),
  negate: unary("negate", tf.neg),
  squareRoot: unary("squareRoot", tf.sqrt, 0.3, 4),
  sigmoid: [...unary("sigmoid", tf.sigmoid), farFromZero("sigmoid", tf.sigmoid)],
  silu: [...unary("silu", silu), farFromZero("silu", silu)],

  matmul: products(),

  reshape: [
    [[2, 6], [3, 4], [12]],
    [[1], [], [1, 1]],
    [
      [2, 3, 4],
      [6, 4],
      [2, 12],
    ],
  ].map(([from, to, further]) => ({
    name: `[${from}] to [${to}] to [${further}]`,
    inputs: [floats("x", from!)],
    build: (g: Graph, [x]: readonly Value[]) => g.reshape(g.reshape(x!, to!), further!),
    oracle: ([x]: readonly tf.Tensor[]) => x!.reshape(further!),
  })),
  transpose: [
    [1, 0],
    [0, 2, 1],
    [2, 0, 1],
    [0, 2, 1, 3],
    [3, 1, 0, 2],
  ].map((permutation) => ({
    name: `by [${permutation}]`,
    inputs: [floats("x", [2, 3, 4, 5].slice(0, permutation.length))],
    build: (g: Graph, [x]: readonly Value[]) => g.transpose(x!, permutation),
    oracle: ([x]: readonly tf.Tensor[]) => x!.transpose(permutation),
  })),
  slice: [
    { shape: [5], axis: 0, start: 0, end: 2 },
    { shape: [5, 2], axis: 0, start: 2, end: 5 },
    { shape: [2, 5], axis: 1, start: 1, end: 4 },
    { shape: [2, 3, 4], axis: 1, start: 0, end: 3 },
    { shape: [2, 3, 4], axis: 2, start: 3, end: 4 },
  ].map(({ shape, axis, start, end }) => ({
    name: `[${shape}], axis ${axis}, ${start} to ${end}`,
    inputs: [floats("x", shape)],
    build: (g: Graph, [x]: readonly Value[]) => g.slice(x!, axis, start, end),
    oracle: ([x]: readonly tf.Tensor[]) =>
      x!.slice(
        shape.map((_, i) => (i === axis ? start : 0)),
        shape.map((length, i) => (i === axis ? end - start : length)),
      ),
  })),
  concat: [
    ...[
      { axis: 0, shapes: [[2], [3]] },
      { axis: 0, shapes: [[1, 2], [3, 2], [2, 2]] }, // biome-ignore format: one line each
      { axis: 1, shapes: [[2, 1, 3], [2, 4, 3]] }, // biome-ignore format: one line each
      { axis: 2, shapes: [[2, 2, 3], [2, 2, 1]] }, // biome-ignore format: one line each
    ].map(({ axis, shapes }) => ({
      name: `${shapes.map((shape) => `[${shape}]`).join(", ")} along ${axis}`,
      inputs: shapes.map((shape, i) => floats(`part ${i}`, shape)),
      build: (g: Graph, parts: readonly Value[]) => g.concat(parts, axis),
      oracle: (parts: readonly tf.Tensor[]) => tf.concat([...parts], axis),
    })),
    {
      name: "a value twice",
      inputs: [floats("x", [2, 3])],
      build: (g, [x]) => g.concat([x!, x!], 1),
      oracle: ([x]) => tf.concat([x!, x!], 1),
    },
  ],
  broadcast: [
    [[], [2, 3]],
    [[3], [2, 3]],
    [
      [2, 1],
      [2, 3],
    ],
    [
      [3, 1],
      [2, 3, 4],
    ],
  ].map(([from, to]) => ({
    name: `[${from}] to [${to}]`,
    inputs: [floats("x", from!)],
    build: (g: Graph, [x]: readonly Value[]) => g.broadcast(x!, to!),
    oracle: ([x]: readonly tf.Tensor[]) => x!.mul(tf.ones(to!)),
  })),

  sum: reductions("sum"),
  mean: reductions("mean"),
  softmax: [
    ...[[5], [2, 3], [2, 2, 3, 4], [3, 1]].map((shape) => ({
      name: `[${shape}]`,
      inputs: [floats("scores", shape)],
      build: (g: Graph, [x]: readonly Value[]) => g.softmax(x!),
      oracle: ([x]: readonly tf.Tensor[]) => tf.softmax(x!),
    })),
    {
      name: "large scores and masked ones",
      inputs: [{ shape: [2, 3], data: Float32Array.of(300, 299, -1e9, 0, -1e9, -1e9) }],
      build: (g, [x]) => g.softmax(x!),
      oracle: ([x]) => tf.softmax(x!),
    },
  ],

  gather: [
    { table: [5, 3], indices: [4], values: [4, 0, 2, 1] },
    { table: [5, 3], indices: [6], values: [1, 1, 4, 1, 0, 4] },
    { table: [4, 2], indices: [2, 3], values: [3, 0, 3, 1, 1, 3] },
    { table: [6], indices: [4], values: [5, 2, 2, 0] },
    { table: [3, 2, 2], indices: [2], values: [2, 2] },
  ].map(({ table, indices, values }) => ({
    name: `rows ${values} of [${table}], as [${indices}]`,
    inputs: [floats("table", table), integers(indices, values)],
    build: (g: Graph, [rows, places]: readonly Value[]) => g.gather(rows!, places!),
    oracle: ([rows, places]: readonly tf.Tensor[]) => tf.gather(rows!, places!),
  })),
  scatterAdd: [
    { width: 3, rows: 4, values: [2, 0, 3] },
    { width: 3, rows: 4, values: [1, 1, 3, 1, 0] },
    { width: 1, rows: 3, values: [2, 2] },
    { width: 40, rows: 2, values: [0, 0, 0] },
  ].map(({ width, rows, values }) => ({
    name: `${values.length} of width ${width} to rows ${values} of ${rows}`,
    inputs: [floats("updates", [values.length, width]), integers([values.length], values)],
    build: (g: Graph, [updates, places]: readonly Value[]) => g.scatterAdd(updates!, places!, rows),
    // Each update times the one-hot matrix of its place.
    oracle: ([updates, places]: readonly tf.Tensor[]) => tf.matMul(oneHot(places!, rows), updates!, true),
  })),

  crossEntropy: [
    crossEntropy("four of seven classes", floats("logits", [4, 7]), [0, 6, 3, 3]),
    crossEntropy("one row", floats("logits", [1, 3]), [1]),
    crossEntropy(
      "logits that overflow an exponential",
      { shape: [2, 3], data: Float32Array.of(500, 400, -100, -800, -801, -800.5) },
      [0, 1],
    ),
  ],
  crossEntropyGradient: [
    {
      name: "softmax less one-hot, scaled by row",
      inputs: [floats("logits", [3, 5], -4, 4), integers([3, 1], [4, 0, 2]), floats("dy", [3, 1])],
      build: (g, inputs) => g.apply("crossEntropyGradient", inputs, {}),
      oracle: ([logits, labels, dy]) => tf.softmax(logits!).sub(oneHot(labels!, 5)).mul(dy!),
    },
  ],

  rmsNorm: [
    rmsNorm("[3, 8]", floats("x", [3, 8]), 1e-5),
    rmsNorm("[2, 3, 2, 4]", floats("x", [2, 3, 2, 4]), 1e-6),
    rmsNorm("values as small as epsilon's root", floats("x", [2, 6], -2e-3, 2e-3), 1e-6),
    rmsNorm("one of width one", floats("x", [2, 1], 0.5, 1), 1e-2),
  ],
  rotary: [
    rotary("one head", [1, 1, 3, 4], [0, 1, 2]),
    rotary("several heads and rows, each with its positions", [2, 3, 2, 6], [0, 1, 4, 5]),
    rotary("repeated positions", [1, 2, 4, 2], [0, 0, 0, 3]),
  ],
};
