"""Continues prompts greedily with transformers' generate(), each alone and all as one left-padded batch.

    python greedy.py MODEL_DIR PROMPTS.json TOKENS

PROMPTS.json is a list of rows of token ids. Every answer has TOKENS tokens: nothing ends it early. float32, eager attention.
Prints one JSON line: {"alone": [...], "batch": [...]}, an answer being {"tokens": [...], "leads": [...]}: by how much,
in logits, each chosen token led the next best.
"""

import json
import sys

import torch
from transformers import AutoModelForCausalLM


def continuations(model, prompts, count):
    width = max(map(len, prompts))
    padding = [width - len(prompt) for prompt in prompts]
    with torch.no_grad():
        result = model.generate(
            torch.tensor([[0] * n + prompt for n, prompt in zip(padding, prompts)]),
            attention_mask=torch.tensor([[0] * n + [1] * len(prompt) for n, prompt in zip(padding, prompts)]),
            max_new_tokens=count, do_sample=False, return_dict_in_generate=True, output_scores=True)
    best = torch.stack(result.scores, dim=1).topk(2, dim=-1).values
    return [{"tokens": tokens, "leads": leads}
            for tokens, leads in zip(result.sequences[:, width:].tolist(), (best[..., 0] - best[..., 1]).tolist())]


def main(folder, prompts_file, count):
    torch.set_num_threads(1)
    with open(prompts_file, encoding="utf-8") as file:
        prompts = json.load(file)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    model.generation_config.eos_token_id = None
    print(json.dumps({"alone": [continuations(model, [prompt], count)[0] for prompt in prompts],
                      "batch": continuations(model, prompts, count)}))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
