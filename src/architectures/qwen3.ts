/** Qwen3 (Yang et al., 2025): RMS norms on each head's queries and keys; the head dimension is its own setting. */
import { type Architecture, qwenWindows, readLlamaFamily } from "./architecture.ts";

export const qwen3: Architecture = {
  name: "Qwen3ForCausalLM",
  modelType: "qwen3",
  read(config) {
    const family = readLlamaFamily(config, "Qwen3ForCausalLM");
    const attentionBias = config.boolean("attention_bias", false);
    return {
      ...family,
      headDim: config.integer("head_dim", 128),
      attentionBias,
      attentionOutputBias: attentionBias,
      queryKeyNorm: true,
      windows: qwenWindows(config, family.layers),
    };
  },
};
