/**
 * The graph of one generation step: some new tokens of every row go in, next to the keys and values of the tokens before
 * them; the logits after each row's last new token come out, with the new tokens' own keys and values.
 *
 * The cache is never copied by the graph: scores over the cache and over the new tokens are computed apart, joined (they
 * are small) for one softmax, and parted again. The host appends what comes out to its own arrays.
 */
import type { DecoderConfig } from "../../architectures/config.ts";
import type { Method } from "../../methods/method.ts";
import { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import { scaledScores, weightedSum } from "../model/attention.ts";
import { type Attention, decoder, languageHead } from "../model/decoder.ts";
import { rotaryTables } from "../model/rope.ts";
import { tunedParameters } from "../model/tuned-model.ts";

export interface StepShape {
  rows: number;
  /** New tokens per row. */
  tokens: number;
  /** Places in the cache; 0 for a prompt's first part. */
  cached: number;
}

/** The input that masks attention in the layers of one window. */
export const maskInput = (window: number | undefined) => `mask:${window ?? "full"}`;

/**
 * Inputs: `ids` [rows · tokens], `positions` [rows, tokens], one additive mask [rows, 1, tokens, cached + tokens] per
 * window, `keys:i` and `values:i` [rows, keyValueHeads, cached, headDim] per layer, the trained arrays.
 * Outputs: `logits` [rows, vocabulary], `keys:i`, `values:i` [rows, keyValueHeads, tokens, headDim], named `next…`.
 */
export function stepGraph(config: DecoderConfig, method: Method, { rows, tokens, cached }: StepShape) {
  const g = new Graph();
  const { parameters } = tunedParameters(g, config, method);
  const mask = memoized((name) => g.input(name, [rows, 1, tokens, cached + tokens]));
  const outputs: Record<string, Value> = {};

  const attention: Attention = (layer, q, k, v) => {
    outputs[`nextKeys:${layer}`] = k;
    outputs[`nextValues:${layer}`] = v;
    const allowed = mask(maskInput(config.windows[layer]));
    if (cached === 0)
      return weightedSum(g, config, g.softmax(g.add(scaledScores(g, config, q, k), allowed)), v);

    const shape = [rows, config.keyValueHeads, cached, config.headDim];
    const scores = g.concat(
      [scaledScores(g, config, q, g.input(`keys:${layer}`, shape)), scaledScores(g, config, q, k)],
      3,
    );
    const probabilities = g.softmax(g.add(scores, allowed));
    return g.add(
      weightedSum(g, config, g.slice(probabilities, 3, 0, cached), g.input(`values:${layer}`, shape)),
      weightedSum(g, config, g.slice(probabilities, 3, cached, cached + tokens), v),
    );
  };

  const places = cached + tokens;
  const { cosines, sines } = rotaryTables(config.rope, config.headDim, places);
  const hidden = decoder(g, config, parameters, {
    ids: g.input("ids", [rows * tokens], "int64"),
    batch: rows,
    tokens,
    cosines: g.constant(cosines, [places, config.headDim / 2]),
    sines: g.constant(sines, [places, config.headDim / 2]),
    positions: g.input("positions", [rows, tokens], "int64"),
    attention,
  });
  // Rows are padded on the left, so the last place is every row's last token.
  const last = BigInt64Array.from({ length: rows }, (_, row) => BigInt(row * tokens + tokens - 1));
  outputs.logits = languageHead(g, config, parameters, g.gather(hidden, g.constant(last, [rows])));
  return { g, outputs };
}

function memoized(make: (name: string) => Value): (name: string) => Value {
  const known = new Map<string, Value>();
  return (name) => {
    let value = known.get(name);
    if (!value) {
      value = make(name);
      known.set(name, value);
    }
    return value;
  };
}
