"""Loads a model folder with transformers and writes its logits: does the ecosystem read what Tunesmith wrote?

    python check_hf.py MODEL_DIR IDS.json OUT.safetensors

Computes in float32, with eager attention. Fails when a parameter is missing, unknown or of another shape.
Prints one JSON line. Formats of IDS.json and OUT: logits.py.
"""

import json
import sys

import torch
import transformers
from transformers import AutoModelForCausalLM

from logits import write_logits


def main(folder, ids_file, out):
    torch.set_num_threads(1)
    model, info = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    wrong = {kind: sorted(map(str, info[kind])) for kind in ("missing_keys", "unexpected_keys", "mismatched_keys") if info[kind]}
    if wrong:
        sys.exit(f"{folder}: {wrong}")
    rows = write_logits(model, ids_file, out)
    print(json.dumps({"transformers": transformers.__version__, "architecture": type(model).__name__,
                      "parameters": model.num_parameters(), "rows": rows}))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
