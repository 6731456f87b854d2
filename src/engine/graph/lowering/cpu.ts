/** Lowering for ONNX Runtime's CPU provider: standard operators, and its own fused ones where they are faster. */
import { type Lowering, microsoft } from "./lowering.ts";
import { portable } from "./portable.ts";

export const cpu: Lowering = {
  ...portable,
  silu: (e, [x]) => e.result("QuickGelu", [x!], { alpha: { float: 1 } }, microsoft),
  // One kernel for the transposed products: no transposed copy is made (engine facts: 186 against 135 GFLOP/s).
  matmul: (e, inputs, { attributes: { transposeA, transposeB, alpha } }) => {
    if (!transposeA && !transposeB && alpha === 1) return e.result("MatMul", inputs);
    e.result(
      "FusedMatMul",
      inputs,
      { transA: Number(transposeA), transB: Number(transposeB), alpha: { float: alpha } },
      microsoft,
    );
  },
};
