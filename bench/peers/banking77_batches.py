"""Makes the batches that banking77_peft.py, train_trl.py and Tunesmith's benchmark all train on, token by token.

    python banking77_batches.py MODEL_DIR BANKING77_DIR OUT.json [--rows 1000] [--validation 200] [--batch 8]
                                [--epochs 1] [--seed 7]

A row is a conversation: the text is the user's turn, the category (as it stands in the file) the assistant's. It is
rendered with the model's chat template, which adds the model's own system turn, and ends with the token that ends the
answer (<|im_end|>; the line break the template puts after it is left out). Rows come from train.csv: texts that
occur twice are left out, the rest is shuffled, the first ROWS train and the next VALIDATION validate. Each epoch is shuffled
anew and cut into batches; no sorting by length.

OUT.json: {"settings": {...}, "batches": [[row, ...], ...], "validation": [row, ...]}, a row being
{"ids": [token, ...], "promptTokens": n}: loss on ids[n:] only.
"""

import csv
import json
import pathlib
import random

from common import arguments
from transformers import AutoTokenizer

args = arguments(__doc__, "model", "data", "out", rows=1000, validation=200, batch=8, epochs=1, seed=7)
tokenizer = AutoTokenizer.from_pretrained(args.model)
SETTINGS = {"rank": 8, "alpha": 16, "dropout": 0, "targets": "all-linear", "learningRate": 5e-4, "betas": [0.9, 0.999],
            "epsilon": 1e-8, "weightDecay": 0.01, "schedule": "cosine", "warmupRatio": 0.05, "clip": 1.0,
            "gradientAccumulation": 1}


def encode(text, category):
    turns = [{"role": "user", "content": text}, {"role": "assistant", "content": category}]
    prompt = tokenizer.apply_chat_template(turns[:1], tokenize=False, add_generation_prompt=True)
    whole = tokenizer.apply_chat_template(turns, tokenize=False).rstrip("\n")
    assert whole.startswith(prompt) and whole.endswith(tokenizer.eos_token)
    before, ids = (tokenizer.encode(part, add_special_tokens=False) for part in (prompt, whole))
    assert ids[:len(before)] == before
    return {"ids": ids, "promptTokens": len(before)}


with open(pathlib.Path(args.data) / "train.csv", encoding="utf-8", newline="") as file:
    rows = [(row["text"].strip(), row["category"]) for row in csv.DictReader(file)]
rows = list({text: (text, category) for text, category in rows}.values())
shuffle = random.Random(args.seed).shuffle
shuffle(rows)
encoded = [encode(*row) for row in rows[:args.rows + args.validation]]
train, validation = encoded[:args.rows], encoded[args.rows:]
batches = []
for _ in range(args.epochs):
    shuffle(train)
    batches += [train[i:i + args.batch] for i in range(0, len(train), args.batch)]
with open(args.out, "w", encoding="utf-8") as file:
    json.dump({"settings": SETTINGS, "batches": batches, "validation": validation}, file)
lengths = [len(row["ids"]) for row in train]
print(json.dumps({"rows": len(train), "validation": len(validation), "batches": len(batches),
                  "meanTokens": sum(lengths) / len(lengths), "longest": max(lengths)}))
