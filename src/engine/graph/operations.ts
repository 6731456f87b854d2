/**
 * The closed set of operations a graph is made of, and what each one carries.
 *
 * Adding an operation means adding one line here. The tables in `shapes.ts`, `gradients.ts` and `lowering/*.ts` are
 * typed as total over this interface, so the code does not compile until the new operation has a shape rule, a
 * gradient (or a written "not differentiable") and a lowering for every device.
 */
import type { DataType } from "./value.ts";

export interface Operations {
  // Leaves: no inputs.
  /** Fed at every run. */
  input: { name: string; shape: readonly number[]; dtype: DataType };
  /** A frozen array that the runtime maps from a file. */
  weight: { name: string; shape: readonly number[] };
  /** A small array stored in the graph itself. */
  constant: { data: Float32Array | BigInt64Array | Int32Array; shape: readonly number[] };

  // Elementwise, with NumPy broadcasting where there are two inputs.
  add: object;
  subtract: object;
  multiply: object;
  divide: object;
  negate: object;
  squareRoot: object;
  sigmoid: object;
  /** x · sigmoid(x) (Elfwing et al., 2017; "SiLU" in PyTorch). */
  silu: object;

  // Linear algebra.
  /**
   * alpha · op(a) @ op(b); op transposes the last two axes where asked. `b` is either a matrix or has the batch axes
   * of `a`.
   */
  matmul: { transposeA: boolean; transposeB: boolean; alpha: number };

  // Layout.
  reshape: { shape: readonly number[] };
  transpose: { permutation: readonly number[] };
  slice: { axis: number; start: number; end: number };
  concat: { axis: number };
  broadcast: { shape: readonly number[] };

  // Reductions keep the reduced axes, with length 1.
  sum: { axes: readonly number[] };
  mean: { axes: readonly number[] };
  /** Over the last axis. */
  softmax: object;

  // Indexing, along axis 0. Indices are int64.
  /** (table [rows, ...], indices [...i]) -> [...i, ...]. */
  gather: object;
  /** (updates [n, width], indices [n]) -> [rows, width]; rows named twice are summed. */
  scatterAdd: { rows: number };

  // The loss.
  /** (logits [n, classes], labels [n, 1] int64) -> losses [n, 1], in nats. */
  crossEntropy: object;
  /** (logits, labels, gradient of the losses [n, 1]) -> gradient of the logits. */
  crossEntropyGradient: object;

  // What a decoder is made of, as units because runtimes have fused kernels for them.
  /** (x [..., width], gain [width]) -> (y, inverse root mean square [..., 1]) (Zhang & Sennrich, 2019). */
  rmsNorm: { epsilon: number };
  /**
   * (x [batch, heads, tokens, headDim], cosines [positions, headDim/2], sines, position ids [batch, tokens]) -> x
   * rotated by halves, as Llama does it (Su et al., 2021; the pairing is i with i + headDim/2).
   */
  rotary: object;
}

export type OperationName = keyof Operations;
