/** Lowering for ONNX Runtime's CPU provider: standard operators, and its own fused ones where they are faster. */
import { type NodeOf, sameShape, type Value } from "../value.ts";
import { type Lowering, microsoft } from "./lowering.ts";
import { portable } from "./portable.ts";

export const cpu: Lowering = {
  ...portable,

  // A product that nobody else reads is added while it is computed (Gemm's C): its result is never written and read again.
  // So an adapter joins its layer, and gradients of one value from several products join each other.
  add: (e, inputs, node) => {
    const [first, second] = node.inputs as [Value, Value];
    const added = [second, first].find((value) => isProduct(value) && e.isReadOnce(value));
    if (!added || !sameShape(first.shape, second.shape)) return e.result("Add", inputs);
    const { inputs: factors, attributes } = added.node as NodeOf<"matmul">;
    const { transposeA, transposeB, alpha } = attributes;
    e.result("Gemm", [...factors.map(e.nameOf), inputs[added === second ? 0 : 1]!], {
      transA: Number(transposeA),
      transB: Number(transposeB),
      alpha: { float: alpha },
      beta: { float: 1 },
    });
  },
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

/** Of two matrices: Gemm takes no batches. */
function isProduct({ node }: Value): boolean {
  return node.operation === "matmul" && node.inputs.every(({ shape }) => shape.length === 2);
}
