/** Mistral 7B (Jiang et al., 2023): Llama with a sliding attention window in its first release. */
import { type Architecture, readLlamaFamily } from "./architecture.ts";

export const mistral: Architecture = {
  name: "MistralForCausalLM",
  modelType: "mistral",
  read(config) {
    const family = readLlamaFamily(config, "MistralForCausalLM");
    const window = config.has("sliding_window") ? config.integer("sliding_window") : undefined;
    return {
      ...family,
      keyValueHeads: config.integer("num_key_value_heads", 8),
      windows: Array(family.layers).fill(window),
    };
  },
};
