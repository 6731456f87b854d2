/**
 * Small models worth starting from, with what an estimate needs of them, so that an honest line can be shown before
 * anything is downloaded. Figures are those of the models' own config.json files and file lists on the hub; parameter
 * counts are their cards' (a test computes them from the figures). All were trained to follow instructions, so that their
 * chat template is theirs and prompting is a fair rival.
 */

export interface CatalogueModel {
  /** On the hub. */
  name: string;
  /** As its card counts them, the embedding table once where the output projection shares it. */
  parameters: number;
  licence: string;
  /** The hub asks for an account that has accepted the licence. */
  gated: boolean;
  /** Weights and tokenizer, in bytes. */
  downloadBytes: number;
  /** What it is good for. */
  purpose: "first" | "small" | "multilingual" | "strong" | "english" | "chat";
  /** The fields of its config.json that the estimate reads. */
  config: Readonly<Record<string, unknown>>;
}

const llama = { architectures: ["LlamaForCausalLM"], hidden_act: "silu", torch_dtype: "bfloat16" };
const qwen2 = { ...llama, architectures: ["Qwen2ForCausalLM"] };
const qwen3 = { ...llama, architectures: ["Qwen3ForCausalLM"] };

/** By size. */
export const catalogue: readonly CatalogueModel[] = [
  {
    name: "HuggingFaceTB/SmolLM2-135M-Instruct",
    parameters: 134_515_008,
    licence: "Apache-2.0",
    gated: false,
    downloadBytes: 272e6,
    purpose: "first",
    config: {
      ...llama,
      hidden_size: 576,
      intermediate_size: 1536,
      num_hidden_layers: 30,
      num_attention_heads: 9,
      num_key_value_heads: 3,
      vocab_size: 49_152,
      max_position_embeddings: 8192,
      tie_word_embeddings: true,
    },
  },
  {
    name: "HuggingFaceTB/SmolLM2-360M-Instruct",
    parameters: 361_821_120,
    licence: "Apache-2.0",
    gated: false,
    downloadBytes: 727e6,
    purpose: "small",
    config: {
      ...llama,
      hidden_size: 960,
      intermediate_size: 2560,
      num_hidden_layers: 32,
      num_attention_heads: 15,
      num_key_value_heads: 5,
      vocab_size: 49_152,
      max_position_embeddings: 8192,
      tie_word_embeddings: true,
    },
  },
  {
    name: "Qwen/Qwen2.5-0.5B-Instruct",
    parameters: 494_032_768,
    licence: "Apache-2.0",
    gated: false,
    downloadBytes: 1e9,
    purpose: "multilingual",
    config: {
      ...qwen2,
      hidden_size: 896,
      intermediate_size: 4864,
      num_hidden_layers: 24,
      num_attention_heads: 14,
      num_key_value_heads: 2,
      vocab_size: 151_936,
      max_position_embeddings: 32_768,
      tie_word_embeddings: true,
    },
  },
  {
    name: "Qwen/Qwen3-0.6B",
    parameters: 596_049_920,
    licence: "Apache-2.0",
    gated: false,
    // The file holds the output projection as well, though it is the embedding table.
    downloadBytes: 1.52e9,
    purpose: "multilingual",
    config: {
      ...qwen3,
      hidden_size: 1024,
      intermediate_size: 3072,
      num_hidden_layers: 28,
      num_attention_heads: 16,
      num_key_value_heads: 8,
      head_dim: 128,
      vocab_size: 151_936,
      max_position_embeddings: 40_960,
      tie_word_embeddings: true,
    },
  },
  {
    name: "TinyLlama/TinyLlama-1.1B-Chat-v1.0",
    parameters: 1_100_048_384,
    licence: "Apache-2.0",
    gated: false,
    downloadBytes: 2.203e9,
    purpose: "chat",
    config: {
      ...llama,
      hidden_size: 2048,
      intermediate_size: 5632,
      num_hidden_layers: 22,
      num_attention_heads: 32,
      num_key_value_heads: 4,
      vocab_size: 32_000,
      max_position_embeddings: 2048,
      tie_word_embeddings: false,
    },
  },
  {
    name: "meta-llama/Llama-3.2-1B-Instruct",
    parameters: 1_235_814_400,
    licence: "Llama 3.2",
    gated: true,
    downloadBytes: 2.48e9,
    purpose: "strong",
    config: {
      ...llama,
      hidden_size: 2048,
      intermediate_size: 8192,
      num_hidden_layers: 16,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      head_dim: 64,
      vocab_size: 128_256,
      max_position_embeddings: 131_072,
      tie_word_embeddings: true,
    },
  },
  {
    name: "Qwen/Qwen2.5-1.5B-Instruct",
    parameters: 1_543_714_304,
    licence: "Apache-2.0",
    gated: false,
    downloadBytes: 3.1e9,
    purpose: "strong",
    config: {
      ...qwen2,
      hidden_size: 1536,
      intermediate_size: 8960,
      num_hidden_layers: 28,
      num_attention_heads: 12,
      num_key_value_heads: 2,
      vocab_size: 151_936,
      max_position_embeddings: 32_768,
      tie_word_embeddings: true,
    },
  },
  {
    name: "HuggingFaceTB/SmolLM2-1.7B-Instruct",
    parameters: 1_711_376_384,
    licence: "Apache-2.0",
    gated: false,
    downloadBytes: 3.43e9,
    purpose: "english",
    config: {
      ...llama,
      hidden_size: 2048,
      intermediate_size: 8192,
      num_hidden_layers: 24,
      num_attention_heads: 32,
      num_key_value_heads: 32,
      vocab_size: 49_152,
      max_position_embeddings: 8192,
      tie_word_embeddings: true,
    },
  },
  {
    name: "Qwen/Qwen3-1.7B",
    parameters: 1_720_574_976,
    licence: "Apache-2.0",
    gated: false,
    downloadBytes: 4.08e9,
    purpose: "strong",
    config: {
      ...qwen3,
      hidden_size: 2048,
      intermediate_size: 6144,
      num_hidden_layers: 28,
      num_attention_heads: 16,
      num_key_value_heads: 8,
      head_dim: 128,
      vocab_size: 151_936,
      max_position_embeddings: 40_960,
      tie_word_embeddings: true,
    },
  },
];
