/** The logits at every token of a row, which neither training nor generation computes: to be compared with a peer's. */
import { Graph } from "../../src/engine/graph/graph.ts";
import { causalAttention } from "../../src/engine/model/attention.ts";
import { decoder, languageHead } from "../../src/engine/model/decoder.ts";
import { rotaryTables } from "../../src/engine/model/rope.ts";
import { type TunedModel, trainedFeeds, tunedParameters } from "../../src/engine/model/tuned-model.ts";
import { Session } from "../../src/engine/runtime/session.ts";

/** @returns [tokens, vocabulary] */
export async function logitsOf(model: TunedModel, row: ArrayLike<number>): Promise<Float32Array> {
  const { config, method, weights, arrays } = model;
  const tokens = row.length;
  const g = new Graph();
  const { cosines, sines } = rotaryTables(config.rope, config.headDim, tokens);
  const table = [tokens, config.headDim / 2];
  const { parameters } = tunedParameters(g, config, method);
  const hidden = decoder(g, config, parameters, {
    ids: g.input("ids", [tokens], "int64"),
    batch: 1,
    tokens,
    cosines: g.constant(cosines, table),
    sines: g.constant(sines, table),
    positions: g.constant(
      BigInt64Array.from({ length: tokens }, (_, i) => BigInt(i)),
      [1, tokens],
    ),
    attention: causalAttention(g, config, tokens),
  });
  const session = await Session.create(
    g,
    { logits: languageHead(g, config, parameters, hidden) },
    { weights },
  );
  const ids = BigInt64Array.from(Array.from(row), BigInt);
  const { logits } = await session.run({ ids, ...trainedFeeds(arrays) });
  await session.release();
  return logits as Float32Array;
}
