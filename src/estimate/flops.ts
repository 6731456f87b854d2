/**
 * Floating-point operations of training, after Kaplan et al. 2020 (section 2.1) and PaLM's appendix B: a product of a
 * token with a matrix of n numbers costs 2n; the backward pass costs as much again for the gradient of the input and as
 * much again for that of the matrix. So a trained matrix costs 6n a token, a frozen one that gradients pass through 4n
 * (LoRA's base), and one whose inner values are computed twice (gradient checkpointing) 2n more.
 */
import type { DecoderConfig } from "../architectures/config.ts";
import { attentionWidths, blockLayers } from "../architectures/layout.ts";
import type { Method } from "../methods/method.ts";
import { trainableCount } from "./trainables.ts";

/** The static shape of one run of the training graph. */
export interface BatchShape {
  rows: number;
  /** Tokens of each row, padding included. */
  tokens: number;
  /** Positions that meet the vocabulary projection. */
  targets: number;
}

export function trainingFlops(
  model: DecoderConfig,
  method: Method,
  gradientCheckpointing: boolean,
  { rows, tokens, targets }: BatchShape,
): number {
  const computed = rows * tokens;
  const linears = blockLayers(model).reduce((sum, each) => sum + each.inFeatures * each.outFeatures, 0);
  // Queries meet all keys, and probabilities all values: the mask saves no work.
  const attention = 2 * attentionWidths(model).queries * tokens;
  const forwardOfBlocks = 2 * model.layers * (linears + attention) * computed;
  const head = 2 * model.vocabularySize * model.hiddenSize * targets;

  const gradientOfInputs = forwardOfBlocks + 2 * model.layers * attention * computed; // both factors have a gradient
  const recomputed = gradientCheckpointing ? forwardOfBlocks : 0;
  const common = forwardOfBlocks + gradientOfInputs + recomputed + 2 * head;
  if (method.cost(model).trainsBase) return common + 2 * model.layers * linears * computed + head;
  return common + 6 * trainableCount(model, method) * computed;
}
