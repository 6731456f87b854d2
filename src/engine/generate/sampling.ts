/** Choosing the next token from logits: greedy, or temperature with top-k and top-p, after a repetition penalty. */
import type { Random } from "../../random/random.ts";

export interface SamplingSettings {
  /** 0 chooses the most likely token. */
  temperature: number;
  /** Keep the k most likely tokens; 0 keeps all. */
  topK: number;
  /** Keep the fewest tokens whose probabilities reach this sum (Holtzman et al., 2020); 1 keeps all. */
  topP: number;
  /** Divides the positive logits of tokens seen before and multiplies the negative ones (Keskar et al., 2019); 1 is off. */
  repetitionPenalty: number;
}

export const greedy: SamplingSettings = { temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1 };

/**
 * @param logits [vocabulary]; changed in place by the repetition penalty
 * @param seen the tokens of the prompt and of the answer so far
 */
export function chooseToken(
  logits: Float32Array,
  seen: Iterable<number>,
  settings: SamplingSettings,
  random: Random,
): number {
  penalizeRepetition(logits, seen, settings.repetitionPenalty);
  if (settings.temperature === 0) return mostLikely(logits);
  const weights = unnormalised(logits, settings.temperature);
  dropUnlikely(weights, settings);
  let remaining = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let token = 0; token < weights.length; token++) {
    remaining -= weights[token]!;
    if (remaining < 0) return token;
  }
  return mostLikely(logits);
}

function penalizeRepetition(logits: Float32Array, seen: Iterable<number>, penalty: number): void {
  if (penalty === 1) return;
  for (const token of new Set(seen)) {
    const logit = logits[token]!;
    logits[token] = logit < 0 ? logit * penalty : logit / penalty;
  }
}

function mostLikely(logits: Float32Array): number {
  let best = 0;
  for (let token = 1; token < logits.length; token++) if (logits[token]! > logits[best]!) best = token;
  return best;
}

/** Probabilities up to a factor; the largest is 1. */
function unnormalised(logits: Float32Array, temperature: number): Float64Array {
  const largest = logits[mostLikely(logits)]!;
  const weights = new Float64Array(logits);
  for (let token = 0; token < weights.length; token++) {
    weights[token] = Math.exp((weights[token]! - largest) / temperature);
  }
  return weights;
}

/** Zeroes what top-k and top-p leave out. Of equal weights at the border, those of earlier tokens stay. */
function dropUnlikely(weights: Float64Array, { topK, topP }: SamplingSettings): void {
  if (topK <= 0 && topP >= 1) return;
  const descending = weights.slice().sort().reverse();
  const candidates = topK > 0 ? descending.subarray(0, topK) : descending;
  const kept = candidates.subarray(0, topP < 1 ? countReaching(candidates, topP) : candidates.length);
  const border = kept.at(-1)!;
  let roomAtBorder = kept.reduce((count, weight) => count + Number(weight === border), 0);
  for (let token = 0; token < weights.length; token++) {
    const weight = weights[token]!;
    if (weight < border || (weight === border && roomAtBorder-- <= 0)) weights[token] = 0;
  }
}

/** How many of the largest weights reach a share of their sum. */
function countReaching(descending: Float64Array, share: number): number {
  const target = share * descending.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const last = descending.findIndex((weight) => {
    sum += weight;
    return sum >= target;
  });
  return last < 0 ? descending.length : last + 1;
}
