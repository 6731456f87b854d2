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

/** The linear layers inside the decoder blocks; the output projection is not among them (nor in PEFT's all-linear). */
export function linearLayers(config: DecoderConfig): LinearLayer[] {
  const { hiddenSize, intermediateSize, heads, keyValueHeads, headDim } = config;
  const { attentionBias, attentionOutputBias, mlpBias } = config;
  const inLayer = [
    {
      block: "self_attn",
      name: "q_proj",
      inFeatures: hiddenSize,
      outFeatures: heads * headDim,
      bias: attentionBias,
    },
    {
      block: "self_attn",
      name: "k_proj",
      inFeatures: hiddenSize,
      outFeatures: keyValueHeads * headDim,
      bias: attentionBias,
    },
    {
      block: "self_attn",
      name: "v_proj",
      inFeatures: hiddenSize,
      outFeatures: keyValueHeads * headDim,
      bias: attentionBias,
    },
    {
      block: "self_attn",
      name: "o_proj",
      inFeatures: heads * headDim,
      outFeatures: hiddenSize,
      bias: attentionOutputBias,
    },
    { block: "mlp", name: "gate_proj", inFeatures: hiddenSize, outFeatures: intermediateSize, bias: mlpBias },
    { block: "mlp", name: "up_proj", inFeatures: hiddenSize, outFeatures: intermediateSize, bias: mlpBias },
    { block: "mlp", name: "down_proj", inFeatures: intermediateSize, outFeatures: hiddenSize, bias: mlpBias },
  ];
  return Array.from({ length: config.layers }, (_, layer) =>
    inLayer.map(({ block, ...rest }) => ({ path: `model.layers.${layer}.${block}.${rest.name}`, ...rest })),
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
