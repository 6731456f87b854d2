/**
 * Memory of a training step, part by part. The runtime keeps no arena and frees every value after its last use, so the
 * peak is a sum: what the forward pass keeps for the backward pass, and the most that one place needs on top of it.
 *
 * The sums follow the engine's graph; the constants below are what no graph shows. They were fitted to measured peaks
 * (docs/log.md), and a test compares the whole with a real run.
 */
import type { DecoderConfig } from "../architectures/config.ts";
import { attentionWidths, blockLayers, parameterCount } from "../architectures/layout.ts";
import type { Method, MethodCost } from "../methods/method.ts";
import type { BatchShape } from "./flops.ts";
import { trainableCount } from "./trainables.ts";

const float = 4;

/** Node, ONNX Runtime's library, the tokenizer and our code, with what the heap does not give back. */
export const processBytes = 240 * 2 ** 20;
/** Arrays of [targets, vocabulary] alive at once: the logits, and their probabilities. */
export const logitCopies = 2;
/** Arrays of [heads, tokens, tokens], or of [tokens, intermediate], alive at once in a layer's backward pass. */
export const attentionCopies = 4;
export const mlpCopies = 7;
/**
 * With gradient checkpointing, values are computed again one by one, each as late as it can be: so much of a layer's
 * inner values is alive at once, and so many arrays of [heads, tokens, tokens].
 */
export const recomputedLayers = 0.25;
export const recomputedAttentionCopies = 1.75;
/** Parameters, two moments and the step's gradients. */
export const trainedCopies = 4;
/** Accumulation adds a second array of gradients, and the last run's results, which are not collected yet. */
export const accumulationCopies = 2;

export interface MemoryParts {
  process: number;
  /** Mapped from the weights' file: shared, and given back by the system when it must. */
  weights: number;
  /** Trained parameters, their moments and gradients. */
  training: number;
  /** Kept from the forward pass for the backward pass. */
  activations: number;
  /** The larger of what the loss and what one layer's backward pass needs for a moment. */
  working: number;
  /** The runtime's own gradients grow while activations shrink: what they need beyond that room. */
  gradients: number;
  total: number;
}

/** Bytes at the peak of a training step of this shape. */
export function trainingMemory(
  model: DecoderConfig,
  method: Method,
  settings: { gradientCheckpointing: boolean; gradientAccumulation: number },
  { rows, tokens, targets }: BatchShape,
): MemoryParts {
  const perToken = float * rows * tokens;
  const layer = perToken * keptByLayer(model, method, tokens);
  const again = settings.gradientCheckpointing;
  const attention = (again ? recomputedAttentionCopies : attentionCopies) * model.heads * tokens;
  const backward = perToken * Math.max(attention, mlpCopies * model.intermediateSize);
  const logits = logitCopies * float * targets * model.vocabularySize;
  const trained = float * trainableCount(model, method);
  const activations = model.layers * (again ? perToken * model.hiddenSize : layer);
  const working = Math.max(logits, backward + (again ? recomputedLayers * layer : 0));
  // A tied embedding has two gradients, from both its uses, until they are added.
  const { trainsBase } = method.cost(model);
  const tied = trainsBase && model.tiedEmbeddings;
  const embeddingParts = tied ? float * model.vocabularySize * model.hiddenSize : 0;
  const parts = {
    process: processBytes,
    weights: trainsBase ? 0 : float * parameterCount(model),
    training: (trainedCopies + (settings.gradientAccumulation > 1 ? accumulationCopies : 0)) * trained,
    activations,
    working,
    gradients: Math.max(0, trained + backward + embeddingParts - activations - working),
  };
  return { ...parts, total: Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) };
}

/** Numbers that one layer keeps for each token, `tokens` being the row's length. */
export function keptByLayer(model: DecoderConfig, method: Method, tokens: number): number {
  const { hiddenSize, intermediateSize, heads, queryKeyNorm } = model;
  const { queries, keys } = attentionWidths(model);
  // Both norms keep their input and the inverse root mean square.
  const norms = 2 * (hiddenSize + 1);
  const attention = queries + 2 * keys + heads * tokens + (queryKeyNorm ? queries + keys : 0);
  // silu(gate) · up keeps gate, silu(gate) and up.
  const mlp = 3 * intermediateSize;
  return norms + attention + mlp + keptInputs(model, method.cost(model));
}

/** The inputs of trained layers: one copy for those that share it, or one each. */
function keptInputs(model: DecoderConfig, { inputsOf, separateInputs, keptPerToken }: MethodCost): number {
  const groups = separateInputs
    ? [...inputsOf].map((name) => [name])
    : [["q_proj", "k_proj", "v_proj"], ["o_proj"], ["gate_proj", "up_proj"], ["down_proj"]];
  const layers = blockLayers(model).filter(({ name }) => inputsOf.has(name));
  const widthOf = (group: readonly string[]) =>
    layers.find(({ name }) => group.includes(name))?.inFeatures ?? 0;
  return keptPerToken + groups.reduce((sum, group) => sum + widthOf(group), 0);
}
