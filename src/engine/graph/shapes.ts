/** Shape rules: for every operation, the shapes and types of its outputs, and the errors for inputs that do not fit. */
import { internalError } from "../../protocol/errors.ts";
import type { OperationName, Operations } from "./operations.ts";
import { type DataType, sizeOf, type Value } from "./value.ts";

export interface Signature {
  shape: readonly number[];
  dtype: DataType;
}

type ShapeRule<K extends OperationName> = (
  inputs: readonly Value[],
  attributes: Operations[K],
) => Signature[];

const like = (value: Signature, shape: readonly number[] = value.shape): Signature[] => [
  { shape, dtype: value.dtype },
];

const unary: ShapeRule<OperationName> = ([x]) => like(x!);

const binary: ShapeRule<OperationName> = ([a, b]) => {
  if (a!.dtype !== b!.dtype) throw internalError(`cannot combine ${a!.dtype} with ${b!.dtype}`);
  return like(a!, broadcastShapes(a!.shape, b!.shape));
};

const reduction =
  (operation: "sum" | "mean"): ShapeRule<"sum" | "mean"> =>
  ([x], { axes }) => {
    // ONNX takes an empty list for all axes.
    const fits = axes.length > 0 && axes.every((axis) => x!.shape[axis] !== undefined);
    expect(fits, operation, `[${x!.shape}] over axes [${axes}]`);
    return like(
      x!,
      x!.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
    );
  };

export const shapeRules: { readonly [K in OperationName]: ShapeRule<K> } = {
  input: (_, { shape, dtype }) => [{ shape, dtype }],
  weight: (_, { shape }) => [{ shape, dtype: "float32" }],
  constant: (_, { data, shape }) => {
    expect(data.length === sizeOf(shape), "constant", `${data.length} elements for shape [${shape}]`);
    return [{ shape, dtype: typeOf(data) }];
  },

  add: binary,
  subtract: binary,
  multiply: binary,
  divide: binary,
  negate: unary,
  squareRoot: unary,
  sigmoid: unary,
  silu: unary,

  matmul: ([a, b], { transposeA, transposeB }) => {
    const batch = a!.shape.slice(0, -2);
    const [m, k] = matrixShape(a!.shape, transposeA);
    const [k2, n] = matrixShape(b!.shape, transposeB);
    const batchOfB = b!.shape.slice(0, -2);
    const fits = k === k2 && (batchOfB.length === 0 || batchOfB.join() === batch.join());
    expect(fits, "matmul", `[${a!.shape}]${transposeA ? "ᵀ" : ""} @ [${b!.shape}]${transposeB ? "ᵀ" : ""}`);
    return like(a!, [...batch, m!, n!]);
  },

  reshape: ([x], { shape }) => {
    expect(sizeOf(x!.shape) === sizeOf(shape), "reshape", `[${x!.shape}] to [${shape}]`);
    return like(x!, shape);
  },
  transpose: ([x], { permutation }) => {
    const axes = [...permutation].sort((a, b) => a - b);
    expect(
      axes.length === x!.shape.length && axes.every((axis, i) => axis === i),
      "transpose",
      `[${x!.shape}] by [${permutation}]`,
    );
    return like(
      x!,
      permutation.map((axis) => x!.shape[axis]!),
    );
  },
  slice: ([x], { axis, start, end }) => {
    expect(
      0 <= start && start < end && end <= x!.shape[axis]!,
      "slice",
      `[${x!.shape}] axis ${axis} ${start}:${end}`,
    );
    return like(
      x!,
      x!.shape.map((length, i) => (i === axis ? end - start : length)),
    );
  },
  concat: (inputs, { axis }) => {
    const rest = (shape: readonly number[]) => shape.filter((_, i) => i !== axis).join();
    const first = inputs[0]!;
    expect(
      inputs.every((input) => rest(input.shape) === rest(first.shape)),
      "concat",
      `${inputs.map((input) => `[${input.shape}]`).join(", ")} along ${axis}`,
    );
    const length = inputs.reduce((total, input) => total + input.shape[axis]!, 0);
    return like(
      first,
      first.shape.map((own, i) => (i === axis ? length : own)),
    );
  },
  broadcast: ([x], { shape }) => {
    expect(
      broadcastShapes(x!.shape, shape).join() === shape.join(),
      "broadcast",
      `[${x!.shape}] to [${shape}]`,
    );
    return like(x!, shape);
  },

  sum: reduction("sum"),
  mean: reduction("mean"),
  softmax: unary,

  gather: ([table, indices]) => {
    expectIndices("gather", indices!);
    return like(table!, [...indices!.shape, ...table!.shape.slice(1)]);
  },
  scatterAdd: ([updates, indices], { rows }) => {
    expectIndices("scatterAdd", indices!);
    expect(
      updates!.shape.length === 2 && indices!.shape.join() === String(updates!.shape[0]),
      "scatterAdd",
      `updates [${updates!.shape}], indices [${indices!.shape}]`,
    );
    return like(updates!, [rows, updates!.shape[1]!]);
  },

  crossEntropy: ([logits, labels]) => {
    expectIndices("crossEntropy", labels!);
    expect(
      logits!.shape.length === 2 && labels!.shape.join() === `${logits!.shape[0]},1`,
      "crossEntropy",
      `logits [${logits!.shape}], labels [${labels!.shape}]`,
    );
    return like(logits!, labels!.shape);
  },
  crossEntropyGradient: ([logits]) => like(logits!),

  rmsNorm: ([x, gain]) => {
    expect(
      gain!.shape.join() === String(x!.shape.at(-1)),
      "rmsNorm",
      `[${x!.shape}] with gain [${gain!.shape}]`,
    );
    return [...like(x!), ...like(x!, [...x!.shape.slice(0, -1), 1])];
  },
  rotary: ([x, cosines, sines, positions]) => {
    const half = x!.shape[3]! / 2;
    expect(
      x!.shape.length === 4 &&
        cosines!.shape[1] === half &&
        sines!.shape.join() === cosines!.shape.join() &&
        positions!.shape.join() === `${x!.shape[0]},${x!.shape[2]}`,
      "rotary",
      `x [${x!.shape}], cosines [${cosines!.shape}], positions [${positions!.shape}]`,
    );
    return like(x!);
  },
};

/** NumPy's broadcasting rule. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw internalError(`shapes [${a}] and [${b}] do not broadcast`);
    return left === 1 ? right : left;
  });
}

function matrixShape(
  shape: readonly number[],
  transposed: boolean,
): [number | undefined, number | undefined] {
  const [rows, columns] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}

function typeOf(data: Operations["constant"]["data"]): DataType {
  if (data instanceof Float32Array) return "float32";
  return data instanceof Int32Array ? "int32" : "int64";
}

function expectIndices(operation: OperationName, indices: Value): void {
  expect(indices.dtype === "int64", operation, `indices of type ${indices.dtype}`);
}

function expect(condition: boolean, operation: OperationName, received: string): void {
  if (!condition) throw internalError(`${operation} cannot take ${received}`);
}
