"""Loads an adapter folder with PEFT, on its base, and writes the logits: does the ecosystem read what Tunesmith wrote?

    python check_peft.py ADAPTER_DIR BASE_DIR IDS.json OUT.safetensors

Computes in float32, with eager attention. Fails when the file's tensors are not exactly those PEFT itself would
save for this configuration (PEFT only warns of missing ones and passes over unknown ones), in name or in shape.
Prints one JSON line. Formats of IDS.json and OUT: logits.py.
"""

import json
import os
import sys

import peft
import torch
from peft import PeftModel, get_peft_model_state_dict
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from logits import write_logits


def main(adapter, base, ids_file, out):
    torch.set_num_threads(1)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32, attn_implementation="eager")
    model = PeftModel.from_pretrained(model, adapter)
    stored = {k: list(v.shape) for k, v in load_file(os.path.join(adapter, "adapter_model.safetensors")).items()}
    wanted = {k: list(v.shape) for k, v in get_peft_model_state_dict(model).items()}
    if stored != wanted:
        missing, unknown = sorted(wanted.keys() - stored.keys()), sorted(stored.keys() - wanted.keys())
        reshaped = sorted(k for k in wanted.keys() & stored.keys() if wanted[k] != stored[k])
        sys.exit(f"{adapter}: missing {missing}, unknown {unknown}, of another shape {reshaped}")
    rows = write_logits(model, ids_file, out)
    print(json.dumps({"peft": peft.__version__, "tensors": len(stored), "scaling": scalings(model), "rows": rows}))


def scalings(model):
    """The factors PEFT multiplies B·A with: alpha / r, or alpha / √r for rsLoRA."""
    return sorted({value for module in model.modules()
                   if isinstance(module, LoraLayer) for value in module.scaling.values()})


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
