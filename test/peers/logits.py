"""What both checks share: rows of token ids in, logits out, each row on its own so that no padding takes part."""

import json

import torch
from safetensors.torch import save_file


def write_logits(model, ids_file, out):
    """ids_file: JSON, a list of rows of token ids. out: logits.<row> [tokens, vocabulary], float32."""
    with open(ids_file, encoding="utf-8") as file:
        rows = json.load(file)
    model.eval()
    with torch.no_grad():
        tensors = {f"logits.{i}": model(torch.tensor([row])).logits[0].float().contiguous() for i, row in enumerate(rows)}
    save_file(tensors, out)
    return len(rows)
