/** Qwen2 and Qwen2.5 (Yang et al., 2024): biases on queries, keys and values. */
import { type Architecture, qwenWindows, readLlamaFamily } from "./architecture.ts";

export const qwen2: Architecture = {
  name: "Qwen2ForCausalLM",
  modelType: "qwen2",
  read(config) {
    const family = readLlamaFamily(config, "Qwen2ForCausalLM");
    return { ...family, attentionBias: true, windows: qwenWindows(config, family.layers) };
  },
};
