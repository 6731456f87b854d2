/**
 * Attention over a whole sequence (training, scoring) and over a cache (generation).
 *
 * Grouped-query attention needs no copy of keys and values: the heads of one group are laid one under the other, q
 * [batch, keyValueHeads, group * tokens, headDim], and meet their keys in one product.
 */
import type { DecoderConfig } from "../../architectures/config.ts";
import type { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import type { Attention } from "./decoder.ts";

/** Large enough that its exponential is 0 in float32, small enough to add to a score without overflow. */
export const masked = -1e9;

/** Causal attention of a sequence to itself. Rows padded on the right need no mask: no real token looks there. */
export function causalAttention(g: Graph, config: DecoderConfig, tokens: number): Attention {
  const masks = new Map<number | undefined, Value>();
  const mask = (window: number | undefined) => {
    let value = masks.get(window);
    if (!value) {
      value = g.outside(() => g.constant(causalMask(tokens, window), [tokens, tokens]));
      masks.set(window, value);
    }
    return value;
  };
  return (layer, q, k, v) => {
    const scores = g.add(scaledScores(g, config, q, k), mask(config.windows[layer]));
    return weightedSum(g, config, g.softmax(scores), v);
  };
}

/** [tokens, tokens]: 0 where row i may look at column j, that is i - window < j <= i. */
export function causalMask(tokens: number, window = Number.POSITIVE_INFINITY): Float32Array {
  const mask = new Float32Array(tokens * tokens);
  for (let i = 0; i < tokens; i++) {
    for (let j = 0; j < tokens; j++) {
      if (j > i || j <= i - window) mask[i * tokens + j] = masked;
    }
  }
  return mask;
}

/** q kᵀ / √headDim: [batch, heads, tokens, keys] */
export function scaledScores(g: Graph, { heads, headDim }: DecoderConfig, q: Value, k: Value): Value {
  const [batch, , tokens] = q.shape as [number, number, number, number];
  const scores = g.matmul(grouped(g, q, k.shape[1]!), k, { transposeB: true, alpha: 1 / Math.sqrt(headDim) });
  return g.reshape(scores, [batch, heads, tokens, k.shape[2]!]);
}

/** probabilities [batch, heads, tokens, keys] @ v -> [batch, heads, tokens, headDim] */
export function weightedSum(
  g: Graph,
  { heads, headDim }: DecoderConfig,
  probabilities: Value,
  v: Value,
): Value {
  const [batch, , tokens] = probabilities.shape as [number, number, number, number];
  const mixed = g.matmul(grouped(g, probabilities, v.shape[1]!), v);
  return g.reshape(mixed, [batch, heads, tokens, headDim]);
}

/** [batch, heads, tokens, width] -> [batch, keyValueHeads, group * tokens, width] */
function grouped(g: Graph, x: Value, keyValueHeads: number): Value {
  const [batch, heads, tokens, width] = x.shape as [number, number, number, number];
  return g.reshape(x, [batch, keyValueHeads, (heads / keyValueHeads) * tokens, width]);
}
