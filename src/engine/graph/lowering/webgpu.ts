/** Lowering for ONNX Runtime's WebGPU provider, which has no FusedMatMul and no LogSoftmax. */
import type { Lowering } from "./lowering.ts";
import { portable } from "./portable.ts";

export const webgpu: Lowering = {
  ...portable,
  // log softmax(x) = x - m - log Σ exp(x - m), with m = max(x)
  crossEntropy: (e, [logits, labels]) => {
    const last = e.integers([1]);
    const shifted = e.emit("Sub", [logits!, e.emit("ReduceMax", [logits!, last], { keepdims: 1 })]);
    const total = e.emit("ReduceSum", [e.emit("Exp", [shifted]), last], { keepdims: 1 });
    const logProbabilities = e.resultAt(1, "Sub", [shifted, e.emit("Log", [total])]);
    e.resultAt(0, "Neg", [e.emit("GatherElements", [logProbabilities, labels!], { axis: 1 })]);
  },
};
