/** Llama 2 and 3 (Touvron et al., 2023; Grattafiori et al., 2024), SmolLM2 and their kin. */
import { type Architecture, readLlamaFamily } from "./architecture.ts";

export const llama: Architecture = {
  name: "LlamaForCausalLM",
  modelType: "llama",
  read(config) {
    const attentionBias = config.boolean("attention_bias", false);
    return {
      ...readLlamaFamily(config, "LlamaForCausalLM"),
      attentionBias,
      attentionOutputBias: attentionBias,
      mlpBias: config.boolean("mlp_bias", false),
    };
  },
};
