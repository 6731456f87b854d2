/** What an architecture file provides, and the reading that the Llama family has in common. */
import { TunesmithError } from "../protocol/errors.ts";
import type { ConfigReader, DecoderConfig, RopeConfig } from "./config.ts";

export interface Architecture {
  /** The class name in `config.json`. */
  name: string;
  /** `model_type` in `config.json`. */
  modelType: string;
  read(config: ConfigReader): DecoderConfig;
}

/** The fields as Llama has them; the other members of the family override what differs. */
export function readLlamaFamily(config: ConfigReader, name: string): DecoderConfig {
  const heads = config.integer("num_attention_heads");
  const hiddenSize = config.integer("hidden_size");
  const layers = config.integer("num_hidden_layers");
  const activation = config.string("hidden_act", "silu");
  if (activation !== "silu") {
    throw new TunesmithError(
      "architecture-unsupported",
      `${config.source}: the activation "${activation}" is not supported`,
      "Models of the Llama family use silu.",
    );
  }
  return {
    architecture: name,
    layers,
    hiddenSize,
    intermediateSize: config.integer("intermediate_size"),
    heads,
    keyValueHeads: config.integer("num_key_value_heads", heads),
    headDim: config.integer("head_dim", hiddenSize / heads),
    vocabularySize: config.integer("vocab_size"),
    maxPositions: config.integer("max_position_embeddings", 2048),
    normEpsilon: config.number("rms_norm_eps", 1e-6),
    rope: readRope(config),
    tiedEmbeddings: config.boolean("tie_word_embeddings", false),
    attentionBias: false,
    attentionOutputBias: false,
    mlpBias: false,
    queryKeyNorm: false,
    windows: Array(layers).fill(undefined),
  };
}

/**
 * Rotary settings, in both spellings: `rope_parameters` (transformers 5) and `rope_theta` + `rope_scaling` (before).
 */
function readRope(config: ConfigReader): RopeConfig {
  const nested = config.has("rope_parameters")
    ? config.object("rope_parameters")
    : config.object("rope_scaling");
  const theta = nested.has("rope_theta") ? nested.number("rope_theta") : config.number("rope_theta", 10_000);
  const type = nested.has("rope_type") ? nested.string("rope_type") : nested.string("type", "default");
  switch (type) {
    case "default":
      return { theta, scaling: { type } };
    case "linear":
      return { theta, scaling: { type, factor: nested.number("factor") } };
    case "llama3":
      return {
        theta,
        scaling: {
          type,
          factor: nested.number("factor"),
          lowFrequencyFactor: nested.number("low_freq_factor"),
          highFrequencyFactor: nested.number("high_freq_factor"),
          originalPositions: nested.integer("original_max_position_embeddings"),
        },
      };
    default:
      throw new TunesmithError(
        "architecture-unsupported",
        `${config.source}: the rotary scaling "${type}" is not supported`,
        "Supported are default, linear and llama3.",
      );
  }
}

/** Layers with a sliding window, as Qwen2 and Qwen3 name them: a list of types, or all from a layer on. */
export function qwenWindows(config: ConfigReader, layers: number): (number | undefined)[] {
  if (!config.boolean("use_sliding_window", false) || !config.has("sliding_window")) {
    return Array(layers).fill(undefined);
  }
  const window = config.integer("sliding_window");
  const types = config.strings("layer_types");
  const firstWindowed = config.has("max_window_layers") ? config.integer("max_window_layers") : layers;
  return Array.from({ length: layers }, (_, layer) => {
    const sliding = types.length > 0 ? types[layer] === "sliding_attention" : layer >= firstWindowed;
    return sliding ? window : undefined;
  });
}
