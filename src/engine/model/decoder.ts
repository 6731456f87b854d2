/**
 * The decoder of the Llama family as a function that adds operations to a graph: embedding, then per layer RMS norm,
 * rotary grouped-query attention, RMS norm and SwiGLU, then a last norm. The same function gives the training, scoring,
 * prefill and decoding graphs; they differ in how attention reaches earlier tokens (`Attention`).
 */
import type { DecoderConfig } from "../../architectures/config.ts";
import type { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import type { Parameters } from "./parameters.ts";

/** q [batch, heads, tokens, headDim], k and v [batch, keyValueHeads, tokens, headDim] -> like q. */
export type Attention = (layer: number, q: Value, k: Value, v: Value) => Value;

export interface DecoderInputs {
  /** Token ids [batch * tokens], int64. */
  ids: Value;
  batch: number;
  tokens: number;
  /** Rotary tables [positions, headDim / 2] and the position of each token [batch, tokens], int64. */
  cosines: Value;
  sines: Value;
  positions: Value;
  attention: Attention;
  /** Compute each layer's inner values again in the backward pass instead of keeping them. */
  checkpointing?: boolean;
}

/** @returns the last hidden states, normed, [batch * tokens, hidden] */
export function decoder(
  g: Graph,
  config: DecoderConfig,
  parameters: Parameters,
  inputs: DecoderInputs,
): Value {
  const { vocabularySize, hiddenSize } = config;
  const table = parameters.parameter("model.embed_tokens.weight", [vocabularySize, hiddenSize]);
  let hidden = g.gather(table, inputs.ids);
  for (let index = 0; index < config.layers; index++) {
    const build = () => layer(g, config, parameters, inputs, index, hidden);
    hidden = inputs.checkpointing ? g.segment(build) : build();
  }
  return g.rmsNorm(hidden, parameters.parameter("model.norm.weight", [hiddenSize]), config.normEpsilon);
}

/** hidden states [n, hidden] -> logits [n, vocabulary] */
export function languageHead(g: Graph, config: DecoderConfig, parameters: Parameters, hidden: Value): Value {
  const name = config.tiedEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight";
  const weight = parameters.parameter(name, [config.vocabularySize, config.hiddenSize]);
  return g.matmul(hidden, weight, { transposeB: true });
}

function layer(
  g: Graph,
  config: DecoderConfig,
  parameters: Parameters,
  inputs: DecoderInputs,
  index: number,
  x: Value,
): Value {
  const path = `model.layers.${index}`;
  const norm = (name: string, value: Value) =>
    g.rmsNorm(value, parameters.parameter(`${path}.${name}.weight`, [config.hiddenSize]), config.normEpsilon);
  const attended = g.add(x, selfAttention(g, config, parameters, inputs, index, norm("input_layernorm", x)));
  return g.add(
    attended,
    swiGlu(g, config, parameters, `${path}.mlp`, norm("post_attention_layernorm", attended)),
  );
}

function selfAttention(
  g: Graph,
  config: DecoderConfig,
  parameters: Parameters,
  inputs: DecoderInputs,
  index: number,
  x: Value,
): Value {
  const { batch, tokens } = inputs;
  const { heads, keyValueHeads, headDim } = config;
  const path = `model.layers.${index}.self_attn`;
  const project = (name: string, count: number) => {
    const flat = parameters.linear(`${path}.${name}_proj`, x, count * headDim, config.attentionBias);
    let split = g.reshape(flat, [batch, tokens, count, headDim]);
    if (config.queryKeyNorm && name !== "v") {
      split = g.rmsNorm(
        split,
        parameters.parameter(`${path}.${name}_norm.weight`, [headDim]),
        config.normEpsilon,
      );
    }
    return g.transpose(split, [0, 2, 1, 3]);
  };
  const rotate = (value: Value) => g.rotary(value, inputs.cosines, inputs.sines, inputs.positions);
  const q = rotate(project("q", heads));
  const k = rotate(project("k", keyValueHeads));
  const mixed = inputs.attention(index, q, k, project("v", keyValueHeads));
  const joined = g.reshape(g.transpose(mixed, [0, 2, 1, 3]), [batch * tokens, heads * headDim]);
  return parameters.linear(`${path}.o_proj`, joined, config.hiddenSize, config.attentionOutputBias);
}

/** (silu(x Wg) · x Wu) Wd (Shazeer, 2020) */
function swiGlu(g: Graph, config: DecoderConfig, parameters: Parameters, path: string, x: Value): Value {
  const gate = parameters.linear(`${path}.gate_proj`, x, config.intermediateSize, config.mlpBias);
  const up = parameters.linear(`${path}.up_proj`, x, config.intermediateSize, config.mlpBias);
  return parameters.linear(
    `${path}.down_proj`,
    g.multiply(g.silu(gate), up),
    config.hiddenSize,
    config.mlpBias,
  );
}
