/** The parameters of a decoder, by their Hugging Face names: what a model folder must hold, and what can be trained. */
import type { DecoderConfig } from "./config.ts";

export interface LinearLayer {
  /** Such as `model.layers.0.self_attn.q_proj`. */
  path: string;
  /** The last part of the path: `q_proj`. */
  name: string;
  inFeatures: number;
  outFeatures: number;
  bias: boolean;
}

/** The linear layers of a block, as Hugging Face names them in every architecture supported here. */
export const linearNames = [
  "q_proj",
  "k_proj",
  "v_proj",
  "o_proj",
  "gate_proj",
  "up_proj",
  "down_proj",
] as const;

/** Width of all queries, and of all keys (which is that of all values). */
export function attentionWidths({ heads, keyValueHeads, headDim }: DecoderConfig): {
  queries: number;
  keys: number;
} {
  return { queries: heads * headDim, keys: keyValueHeads * headDim };
}

/** The linear layers of one decoder block; `path` is what comes after `model.layers.N.`. */
export function blockLayers(config: DecoderConfig): LinearLayer[] {
  const { hiddenSize, intermediateSize, attentionBias, attentionOutputBias, mlpBias } = config;
  const { queries, keys } = attentionWidths(config);
  const sizes: Record<
    (typeof linearNames)[number],
    [inFeatures: number, outFeatures: number, bias: boolean]
  > = {
    q_proj: [hiddenSize, queries, attentionBias],
    k_proj: [hiddenSize, keys, attentionBias],
    v_proj: [hiddenSize, keys, attentionBias],
    o_proj: [queries, hiddenSize, attentionOutputBias],
    gate_proj: [hiddenSize, intermediateSize, mlpBias],
    up_proj: [hiddenSize, intermediateSize, mlpBias],
    down_proj: [intermediateSize, hiddenSize, mlpBias],
  };
  return linearNames.map((name) => {
    const [inFeatures, outFeatures, bias] = sizes[name];
    const path = `${/^[qkvo]_/.test(name) ? "self_attn" : "mlp"}.${name}`;
    return { path, name, inFeatures, outFeatures, bias };
  });
}

/** The linear layers inside the decoder blocks; the output projection is not among them (nor in PEFT's all-linear). */
export function linearLayers(config: DecoderConfig): LinearLayer[] {
  const inBlock = blockLayers(config);
  return Array.from({ length: config.layers }, (_, layer) =>
    inBlock.map((each) => ({ ...each, path: `model.layers.${layer}.${each.path}` })),
  ).flat();
}

/** Every parameter and its shape, in the order of the forward pass. */
export function parameterShapes(config: DecoderConfig): Map<string, readonly number[]> {
  const { hiddenSize, vocabularySize, headDim } = config;
  const shapes = new Map<string, readonly number[]>([
    ["model.embed_tokens.weight", [vocabularySize, hiddenSize]],
  ]);
  const linears = linearLayers(config);
  for (let layer = 0; layer < config.layers; layer++) {
    const path = `model.layers.${layer}`;
    shapes.set(`${path}.input_layernorm.weight`, [hiddenSize]);
    for (const linear of linears.filter((each) => each.path.startsWith(`${path}.`))) {
      if (linear.name === "gate_proj") shapes.set(`${path}.post_attention_layernorm.weight`, [hiddenSize]);
      shapes.set(`${linear.path}.weight`, [linear.outFeatures, linear.inFeatures]);
      if (linear.bias) shapes.set(`${linear.path}.bias`, [linear.outFeatures]);
    }
    if (config.queryKeyNorm) {
      for (const each of ["q_norm", "k_norm"]) shapes.set(`${path}.self_attn.${each}.weight`, [headDim]);
    }
  }
  shapes.set("model.norm.weight", [hiddenSize]);
  if (!config.tiedEmbeddings) shapes.set("lm_head.weight", [vocabularySize, hiddenSize]);
  return shapes;
}

/** How many numbers some arrays hold together. */
export function countNumbers(shapes: Iterable<readonly number[]>): number {
  let count = 0;
  for (const shape of shapes) count += shape.reduce((product, length) => product * length, 1);
  return count;
}

/** All parameters, the embedding table counted once where the output projection shares it. */
export function parameterCount(config: DecoderConfig): number {
  return countNumbers(parameterShapes(config).values());
}
