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
  const kept = nucleus(logits, settings);
  let remaining = random.uniform() * kept.reduce((sum, { weight }) => sum + weight, 0);
  for (const { token, weight } of kept) {
    remaining -= weight;
    if (remaining < 0) return token;
  }
  return kept.at(-1)!.token;
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

/** The tokens that top-k and top-p leave, most likely first, with unnormalised probabilities. */
function nucleus(
  logits: Float32Array,
  { temperature, topK, topP }: SamplingSettings,
): { token: number; weight: number }[] {
  const largest = logits[mostLikely(logits)]!;
  const all = Array.from(logits, (logit, token) => ({
    token,
    weight: Math.exp((logit - largest) / temperature),
  }));
  all.sort((a, b) => b.weight - a.weight);
  const kept = topK > 0 ? all.slice(0, topK) : all;
  if (topP >= 1) return kept;
  const target = topP * kept.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  const end = kept.findIndex(({ weight }) => {
    sum += weight;
    return sum >= target;
  });
  return end < 0 ? kept : kept.slice(0, end + 1);
}
