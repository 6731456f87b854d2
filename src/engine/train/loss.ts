/** The training graph: a batch goes in; the loss and one gradient per trained array come out. */
import type { DecoderConfig } from "../../architectures/config.ts";
import type { Method } from "../../methods/method.ts";
import { differentiate } from "../graph/differentiate.ts";
import { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import { causalAttention } from "../model/attention.ts";
import { decoder, languageHead } from "../model/decoder.ts";
import { rotaryTables } from "../model/rope.ts";
import { tunedParameters } from "../model/tuned-model.ts";

/** The static shape of a batch. */
export interface BatchShape {
  rows: number;
  /** Tokens of each row, padding included. */
  tokens: number;
  /** Positions that carry loss; the rest never meets the vocabulary projection. */
  targets: number;
}

export interface LossGraph {
  g: Graph;
  /** The sum over targets of weight · loss, [1, 1]. */
  loss: Value;
  /** The loss of each target in nats, [targets, 1]. */
  losses: Value;
  /** Trained arrays, by name. */
  trained: ReadonlyMap<string, Value>;
  /** Dropout masks to feed: their input names, shapes and rates. */
  masks: DropoutMask[];
}

export interface DropoutMask {
  input: string;
  shape: readonly number[];
  rate: number;
}

/**
 * Inputs: `ids` [rows · tokens], `positions` [targets] (flat indices of the states that predict), `labels` [targets, 1],
 * `weights` [targets, 1], the trained arrays, the dropout masks.
 */
export function lossGraph(
  config: DecoderConfig,
  method: Method,
  { rows, tokens, targets }: BatchShape,
  options: { training: boolean; checkpointing?: boolean },
): LossGraph {
  const g = new Graph();
  const masks: DropoutMask[] = [];
  const dropoutMask = (shape: readonly number[], rate: number) => {
    const input = `dropout:${masks.length}`;
    masks.push({ input, shape, rate });
    return g.outside(() => g.input(input, shape));
  };
  const { parameters, trained } = tunedParameters(
    g,
    config,
    method,
    options.training ? dropoutMask : undefined,
  );

  const { cosines, sines } = rotaryTables(config.rope, config.headDim, tokens);
  const table = (data: Float32Array) => g.constant(data, [tokens, config.headDim / 2]);
  const places = BigInt64Array.from({ length: rows * tokens }, (_, i) => BigInt(i % tokens));
  const hidden = decoder(g, config, parameters, {
    ids: g.input("ids", [rows * tokens], "int64"),
    batch: rows,
    tokens,
    cosines: table(cosines),
    sines: table(sines),
    positions: g.constant(places, [rows, tokens]),
    attention: causalAttention(g, config, tokens),
    checkpointing: options.checkpointing ?? false,
  });
  const predicting = g.gather(hidden, g.input("positions", [targets], "int64"));
  const logits = languageHead(g, config, parameters, predicting);
  const losses = g.crossEntropy(logits, g.input("labels", [targets, 1], "int64"));
  const loss = g.sum(g.multiply(losses, g.input("weights", [targets, 1])), [0, 1]);
  return { g, loss, losses, trained, masks };
}

/** Adds the gradients of the loss, named like the inputs they belong to. */
export function gradientOutputs({ g, loss, trained }: LossGraph): Record<string, Value> {
  const gradients = differentiate(g, loss, [...trained.values()]);
  return Object.fromEntries([...trained.keys()].map((name, i) => [`gradient:${name}`, gradients[i]!]));
}
