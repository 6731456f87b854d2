/**
 * Gradient rules: for every operation, the vector-Jacobian product with respect to each of its inputs.
 *
 * A rule gets the graph to add to, the node (values it may read) and the gradient of the node's first output, and
 * answers with one thunk per input; only the thunks that are needed are called. `null` marks an input that has no
 * gradient (indices, masks). An operation whose rule is `notDifferentiable` stops differentiation with an error.
 */
import type { Graph } from "./graph.ts";
import type { OperationName } from "./operations.ts";
import { type NodeOf, sameShape, sizeOf, type Value } from "./value.ts";

type Thunk = (() => Value) | null;
export type GradientRule<K extends OperationName> = (g: Graph, node: NodeOf<K>, gradient: Value) => Thunk[];

export const notDifferentiable = "not differentiable";
type Entry<K extends OperationName> = GradientRule<K> | typeof notDifferentiable;

export const gradientRules: { readonly [K in OperationName]: Entry<K> } = {
  input: () => [],
  weight: () => [],
  constant: () => [],

  add: (g, { inputs: [a, b] }, dy) => [() => sumTo(g, dy, a!), () => sumTo(g, dy, b!)],
  subtract: (g, { inputs: [a, b] }, dy) => [() => sumTo(g, dy, a!), () => sumTo(g, g.negate(dy), b!)],
  multiply: (g, { inputs: [a, b] }, dy) => [
    () => sumTo(g, g.multiply(dy, b!), a!),
    () => sumTo(g, g.multiply(dy, a!), b!),
  ],
  // y = a/b: dy/da = 1/b, dy/db = -y/b
  divide: (g, { inputs: [a, b], outputs: [y] }, dy) => [
    () => sumTo(g, g.divide(dy, b!), a!),
    () => sumTo(g, g.negate(g.divide(g.multiply(dy, y!), b!)), b!),
  ],
  negate: (g, _, dy) => [() => g.negate(dy)],
  // y = √x: y' = 1/(2y)
  squareRoot: (g, { outputs: [y] }, dy) => [() => g.divide(g.multiply(dy, g.scalar(0.5)), y!)],
  // σ' = σ(1 - σ)
  sigmoid: (g, { outputs: [y] }, dy) => [() => g.multiply(dy, g.multiply(y!, g.subtract(g.scalar(1), y!)))],
  // y = xσ(x): y' = σ(1 + x - y)
  silu: (g, { inputs: [x], outputs: [y] }, dy) => [
    () => g.multiply(dy, g.multiply(g.sigmoid(x!), g.add(g.subtract(x!, y!), g.scalar(1)))),
  ],

  matmul: (g, { inputs: [a, b], attributes: { transposeA, transposeB, alpha } }, dy) => [
    () => matmulGradientOfA(g, a!, b!, dy, transposeA, transposeB, alpha),
    () => matmulGradientOfB(g, a!, b!, dy, transposeA, transposeB, alpha),
  ],

  reshape: (g, { inputs: [x] }, dy) => [() => g.reshape(dy, x!.shape)],
  transpose: (g, { attributes: { permutation } }, dy) => [
    () =>
      g.transpose(
        dy,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
  ],
  slice: (g, { inputs: [x], attributes: { axis, start, end } }, dy) => [
    () => {
      const zeros = (length: number) => {
        const shape = x!.shape.map((own, i) => (i === axis ? length : own));
        return g.broadcast(g.scalar(0), shape);
      };
      const parts = [
        ...(start > 0 ? [zeros(start)] : []),
        dy,
        ...(end < x!.shape[axis]! ? [zeros(x!.shape[axis]! - end)] : []),
      ];
      return parts.length > 1 ? g.concat(parts, axis) : dy;
    },
  ],
  concat: (g, { inputs, attributes: { axis } }, dy) => {
    let end = 0;
    return inputs.map((input) => {
      const start = end;
      end += input.shape[axis]!;
      const stop = end;
      return () => g.slice(dy, axis, start, stop);
    });
  },
  broadcast: (g, { inputs: [x] }, dy) => [() => sumTo(g, dy, x!)],

  sum: (g, { inputs: [x] }, dy) => [() => g.broadcast(dy, x!.shape)],
  mean: (g, { inputs: [x], attributes: { axes } }, dy) => [
    () => {
      const count = axes.reduce((product, axis) => product * x!.shape[axis]!, 1);
      return g.broadcast(g.multiply(dy, g.scalar(1 / count)), x!.shape);
    },
  ],
  // dx = y(dy - Σ dy·y)
  softmax: (g, { outputs: [y] }, dy) => [
    () => {
      const weighted = g.multiply(dy, y!);
      return g.subtract(weighted, g.multiply(y!, g.sum(weighted, [y!.shape.length - 1])));
    },
  ],

  gather: (g, { inputs: [table, indices] }, dy) => [
    () => {
      const rows = table!.shape[0]!;
      const width = sizeOf(table!.shape) / rows;
      const count = sizeOf(indices!.shape);
      const sums = g.scatterAdd(g.reshape(dy, [count, width]), g.reshape(indices!, [count]), rows);
      return g.reshape(sums, table!.shape);
    },
    null,
  ],
  scatterAdd: (g, { inputs: [, indices] }, dy) => [() => g.gather(dy, indices!), null],

  // dx = (softmax - onehot) · dy
  crossEntropy: (g, { inputs: [logits, labels] }, dy) => [
    () => g.apply("crossEntropyGradient", [logits!, labels!, dy], {}),
    null,
  ],
  crossEntropyGradient: notDifferentiable,

  // With r = 1/rms(x), y = x·r·gain:  dx = r·(h - x·r²·mean(h·x)), h = dy·gain;  dgain = Σ dy·x·r
  rmsNorm: (g, { inputs: [x, gain], outputs: [, r] }, dy) => [
    () => {
      const last = x!.shape.length - 1;
      const h = g.multiply(dy, gain!);
      const projection = g.multiply(g.mean(g.multiply(h, x!), [last]), g.multiply(r!, r!));
      return g.multiply(r!, g.subtract(h, g.multiply(x!, projection)));
    },
    () => sumTo(g, g.multiply(dy, g.multiply(x!, r!)), gain!),
  ],
  // A rotation: its transpose turns back.
  rotary: (g, { inputs: [, cosines, sines, positions] }, dy) => [
    () => g.rotary(dy, cosines!, g.negate(sines!), positions!),
    null,
    null,
    null,
  ],
};

/** dA = alpha · dY op(B)ᵀ, transposed if A was. */
function matmulGradientOfA(
  g: Graph,
  a: Value,
  b: Value,
  dy: Value,
  transposeA: boolean,
  transposeB: boolean,
  alpha: number,
): Value {
  const sameBatch = a.shape.length === b.shape.length;
  if (transposeA && sameBatch) return g.matmul(b, dy, { transposeA: transposeB, transposeB: true, alpha });
  const gradient = g.matmul(dy, b, { transposeB: !transposeB, alpha });
  // Rare: one matrix for the whole batch cannot be the first factor.
  return transposeA ? swapLastAxes(g, gradient) : gradient;
}

/** dB = alpha · op(A)ᵀ dY, transposed if B was, summed over the batch where B is one matrix. */
function matmulGradientOfB(
  g: Graph,
  a: Value,
  b: Value,
  dy: Value,
  transposeA: boolean,
  transposeB: boolean,
  alpha: number,
): Value {
  const shared = b.shape.length === 2 && a.shape.length > 2;
  // Rare: fold the batch after a plain transpose, so that one product sums over it.
  if (shared && transposeA) {
    return matmulGradientOfB(g, swapLastAxes(g, a), b, dy, false, transposeB, alpha);
  }
  const flat = (x: Value) =>
    shared ? g.reshape(x, [sizeOf(x.shape) / x.shape.at(-1)!, x.shape.at(-1)!]) : x;
  return transposeB
    ? g.matmul(flat(dy), flat(a), { transposeA: true, transposeB: transposeA, alpha })
    : g.matmul(flat(a), flat(dy), { transposeA: !transposeA, alpha });
}

function swapLastAxes(g: Graph, x: Value): Value {
  const rank = x.shape.length;
  return g.transpose(x, [...x.shape.keys()].slice(0, -2).concat([rank - 1, rank - 2]));
}

/** Undoes broadcasting: sums `gradient` over the axes along which `target` was stretched. */
function sumTo(g: Graph, gradient: Value, target: Value): Value {
  if (sameShape(gradient.shape, target.shape)) return gradient;
  const extra = gradient.shape.length - target.shape.length;
  const axes = [...gradient.shape.keys()].filter(
    (axis) => axis < extra || (target.shape[axis - extra] === 1 && gradient.shape[axis] !== 1),
  );
  return g.reshape(g.sum(gradient, axes), target.shape);
}
