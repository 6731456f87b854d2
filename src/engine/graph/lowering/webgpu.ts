/**
 * Lowering for ONNX Runtime's WebGPU provider, which lacks FusedMatMul and LogSoftmax, and does not compute the second
 * result of SimplifiedLayerNormalization (it is left as the memory was). Every node of every rule runs on the GPU;
 * ScatterND adds duplicates in no fixed order there, so sums over them differ in their last bits from run to run.
 */
import type { Lowering } from "./lowering.ts";
import { portable } from "./portable.ts";

export const webgpu: Lowering = {
  ...portable,

  // Gemm transposes as it reads, but takes matrices only.
  matmul: (e, operands, node) => {
    const { transposeA, transposeB, alpha } = node.attributes;
    const matrices = node.inputs.every((input) => input.shape.length === 2);
    if (!matrices || (!transposeA && !transposeB)) return portable.matmul(e, operands, node);
    e.result("Gemm", operands, {
      transA: Number(transposeA),
      transB: Number(transposeB),
      alpha: { float: alpha },
    });
  },

  scatterAdd: (e, [updates, indices], { inputs, attributes: { rows } }) => {
    const width = inputs[0]!.shape[1]!;
    const zeros = e.emit("Expand", [e.scalar(0), e.integers([rows, width])]);
    e.result("ScatterND", [zeros, e.emit("Unsqueeze", [indices!, e.integers([1])]), updates!], {
      reduction: "add",
    });
  },

  // log softmax(x) = x - m - log Σ exp(x - m), with m = max(x)
  crossEntropy: (e, [logits, labels]) => {
    const last = e.integers([1]);
    const shifted = e.emit("Sub", [logits!, e.emit("ReduceMax", [logits!, last], { keepdims: 1 })]);
    const total = e.emit("ReduceSum", [e.emit("Exp", [shifted]), last], { keepdims: 1 });
    const logProbabilities = e.emit("Sub", [shifted, e.emit("Log", [total])]);
    e.result("Neg", [e.emit("GatherElements", [logProbabilities, labels!], { axis: 1 })]);
  },

  // The inverse root mean square is wanted by the backward pass only; elsewhere its nodes are dropped.
  rmsNorm: (e, [x, gain], { inputs, attributes: { epsilon } }) => {
    const last = inputs[0]!.shape.length - 1;
    const meanSquare = e.emit("ReduceMean", [e.emit("Mul", [x!, x!]), e.integers([last])], { keepdims: 1 });
    e.resultAt(1, "Div", [e.scalar(1), e.emit("Sqrt", [e.emit("Add", [meanSquare, e.scalar(epsilon)])])]);
    e.resultAt(0, "SimplifiedLayerNormalization", [x!, gain!], {
      axis: -1,
      epsilon: { float: epsilon },
      stash_type: 1,
    });
  },
};
