"""Writes a Hugging Face folder of the Llama kind, with a byte-level tokenizer, as a float32 GGUF for llama.cpp.

    python f32_gguf.py MODEL_DIR OUT.gguf

Enough of llama.cpp's own convert_hf_to_gguf.py to measure its speed on the same weights: no chat template.
"""

import json
import pathlib
import sys

import gguf
import torch
from safetensors.torch import load_file

folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
assert config["architectures"] == ["LlamaForCausalLM"], config["architectures"]
heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
rope = config.get("rope_parameters") or {"rope_theta": config.get("rope_theta", 10000.0), "rope_type": "default"}
assert rope["rope_type"] == "default", rope
layers, head_dim = config["num_hidden_layers"], config.get("head_dim") or config["hidden_size"] // heads


def interleaved(weight, count):
    """llama.cpp rotates neighbouring rows of a head; Hugging Face's first half is to be paired with its second."""
    return weight.reshape(count, 2, weight.shape[0] // count // 2, -1).transpose(1, 2).reshape(weight.shape)


writer = gguf.GGUFWriter(out, "llama")
writer.add_block_count(layers)
writer.add_context_length(config["max_position_embeddings"])
writer.add_embedding_length(config["hidden_size"])
writer.add_feed_forward_length(config["intermediate_size"])
writer.add_head_count(heads)
writer.add_head_count_kv(kv_heads)
writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
writer.add_rope_freq_base(rope["rope_theta"])
writer.add_rope_dimension_count(head_dim)
writer.add_vocab_size(config["vocab_size"])
writer.add_file_type(gguf.LlamaFileType.ALL_F32)

tokens = dict(sorted((id, token) for token, id in tokenizer["model"]["vocab"].items()))
special = {each["id"]: each["content"] for each in tokenizer["added_tokens"]}
tokens |= special
ids = range(config["vocab_size"])
writer.add_tokenizer_model("gpt2")
writer.add_tokenizer_pre("smollm")
writer.add_token_list([tokens.get(id, f"[PAD{id}]") for id in ids])
writer.add_token_types([gguf.TokenType.CONTROL if id in special else gguf.TokenType.NORMAL if id in tokens
                        else gguf.TokenType.UNUSED for id in ids])
writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]])
writer.add_bos_token_id(config["bos_token_id"])
writer.add_eos_token_id(config["eos_token_id"])
writer.add_add_bos_token(False)

names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, layers)
for file in sorted(folder.glob("*.safetensors")):
    for name, tensor in load_file(file).items():
        if name.endswith(("q_proj.weight", "k_proj.weight")):
            tensor = interleaved(tensor, heads if name.endswith("q_proj.weight") else kv_heads)
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight", ".bias")), tensor.to(torch.float32).numpy())
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
