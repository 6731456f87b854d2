/** Lowering to standard ONNX operators (opset 23), which every provider is expected to have. */
import type { OperationName } from "../operations.ts";
import type { Leaf, Lowering, LoweringRule } from "./lowering.ts";

/** For operations that are one ONNX operator, without attributes. */
const direct =
  (type: string): LoweringRule<Exclude<OperationName, Leaf>> =>
  (e, inputs) =>
    e.result(type, inputs);

export const portable: Lowering = {
  add: direct("Add"),
  subtract: direct("Sub"),
  multiply: direct("Mul"),
  divide: direct("Div"),
  negate: direct("Neg"),
  squareRoot: direct("Sqrt"),
  sigmoid: direct("Sigmoid"),
  silu: (e, [x]) => e.result("Mul", [x!, e.emit("Sigmoid", [x!])]),

  matmul: (e, [a, b], { inputs, attributes: { transposeA, transposeB, alpha } }) => {
    const swapped = (name: string, rank: number, wanted: boolean) => {
      const axes = [...Array(rank).keys()];
      const perm = [...axes.slice(0, -2), rank - 1, rank - 2];
      return wanted ? e.emit("Transpose", [name], { perm }) : name;
    };
    const operands = [
      swapped(a!, inputs[0]!.shape.length, transposeA),
      swapped(b!, inputs[1]!.shape.length, transposeB),
    ];
    if (alpha === 1) e.result("MatMul", operands);
    else e.result("Mul", [e.emit("MatMul", operands), e.scalar(alpha)]);
  },

  reshape: (e, [x], { attributes: { shape } }) => e.result("Reshape", [x!, e.integers(shape)]),
  transpose: (e, [x], { attributes: { permutation } }) => e.result("Transpose", [x!], { perm: permutation }),
  slice: (e, [x], { attributes: { axis, start, end } }) =>
    e.result("Slice", [x!, e.integers([start]), e.integers([end]), e.integers([axis])]),
  concat: (e, inputs, { attributes: { axis } }) => e.result("Concat", inputs, { axis }),
  broadcast: (e, [x], { attributes: { shape } }) => e.result("Expand", [x!, e.integers(shape)]),

  sum: (e, [x], { attributes: { axes } }) => e.result("ReduceSum", [x!, e.integers(axes)], { keepdims: 1 }),
  mean: (e, [x], { attributes: { axes } }) => e.result("ReduceMean", [x!, e.integers(axes)], { keepdims: 1 }),
  softmax: (e, [x]) => e.result("Softmax", [x!], { axis: -1 }),

  gather: (e, inputs) => e.result("Gather", inputs, { axis: 0 }),
  // ScatterElements adds one after the other on the CPU; ScatterND adds from several threads, in no fixed order.
  scatterAdd: (e, [updates, indices], { inputs, attributes: { rows } }) => {
    const [n, width] = inputs[0]!.shape as [number, number];
    const zeros = e.emit("Expand", [e.scalar(0), e.integers([rows, width])]);
    const column = e.emit("Reshape", [indices!, e.integers([n, 1])]);
    const everywhere = width === 1 ? column : e.emit("Expand", [column, e.integers([n, width])]);
    e.result("ScatterElements", [zeros, everywhere, updates!], { axis: 0, reduction: "add" });
  },

  crossEntropy: (e, [logits, labels]) => {
    const logProbabilities = e.emit("LogSoftmax", [logits!], { axis: -1 });
    e.result("Neg", [e.emit("GatherElements", [logProbabilities, labels!], { axis: 1 })]);
  },
  // From the logits again: the CPU's Softmax is many times faster than Exp of log-probabilities kept for it.
  crossEntropyGradient: (e, [logits, labels, gradient]) => {
    const scaled = e.emit("Mul", [e.emit("Softmax", [logits!], { axis: -1 }), gradient!]);
    const atLabel = e.emit("Neg", [gradient!]);
    e.result("ScatterElements", [scaled, labels!, atLabel], { axis: 1, reduction: "add" });
  },

  rmsNorm: (e, [x, gain], { attributes: { epsilon } }) =>
    e.result("SimplifiedLayerNormalization", [x!, gain!], {
      axis: -1,
      epsilon: { float: epsilon },
      stash_type: 1,
    }),

  rotary: (e, inputs, { inputs: [x] }) =>
    e.result("RotaryEmbedding", inputs, { interleaved: 0, num_heads: x!.shape[1]!, rotary_embedding_dim: 0 }),
};
