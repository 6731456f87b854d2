"""PyTorch + PEFT on given batches of banking77: the validation loss that Tunesmith's run is compared with.

    python banking77_peft.py MODEL_DIR BATCHES.json OUT_DIR [--steps 0] [--init ADAPTER_DIR]

float32. Settings, batches and their order come from BATCHES.json (banking77_batches.py says how it is made). AdamW
without decay on vectors, loss = sum over trained tokens / trained tokens of the batch, transformers' cosine schedule.
OUT_DIR gets initial/ and final/ (adapters as PEFT saves them; start the other side from initial/, or give its adapter as
--init) and curve.json, the loss of every step. Validation loss: per trained token, over all rows. --steps 0: all batches.
"""

import json
import math
import pathlib
import time

from common import arguments, load, lora, report
import torch
import torch.nn.functional as F
from peft import PeftModel
from transformers import get_cosine_schedule_with_warmup

args = arguments(__doc__, "model", "batches", "out", steps=0, init="")
data = json.loads(pathlib.Path(args.batches).read_text(encoding="utf-8"))
settings, out = data["settings"], pathlib.Path(args.out)
batches = data["batches"][:args.steps or None]
assert settings["dropout"] == 0 and settings["gradientAccumulation"] == 1 and settings["schedule"] == "cosine"


def tensors(rows):
    """input_ids, attention_mask, labels [rows, longest]: padded on the right, -100 where nothing is trained."""
    longest = max(len(row["ids"]) for row in rows)
    pad = [longest - len(row["ids"]) for row in rows]
    return (torch.tensor([row["ids"] + [0] * n for row, n in zip(rows, pad)]),
            torch.tensor([[1] * len(row["ids"]) + [0] * n for row, n in zip(rows, pad)]),
            torch.tensor([[-100] * row["promptTokens"] + row["ids"][row["promptTokens"]:] + [-100] * n
                          for row, n in zip(rows, pad)]))


def loss_of(model, rows):
    """Summed cross-entropy of the trained tokens, and their number."""
    input_ids, mask, labels = tensors(rows)
    logits = model(input_ids=input_ids, attention_mask=mask, use_cache=False).logits
    targets = labels[:, 1:].flatten()
    total = F.cross_entropy(logits[:, :-1].flatten(0, 1), targets, ignore_index=-100, reduction="sum")
    return total, int((targets != -100).sum())


def validation_loss(model):
    model.eval()
    rows = sorted(data["validation"], key=lambda row: len(row["ids"]))
    with torch.no_grad():
        parts = [loss_of(model, rows[i:i + 8]) for i in range(0, len(rows), 8)]
    model.train()
    return sum(total.item() for total, _ in parts) / sum(count for _, count in parts)


torch.manual_seed(7)
base = load(args.model)
if args.init:
    model = PeftModel.from_pretrained(base, args.init, is_trainable=True)
else:
    model = lora(base, settings["rank"], settings["alpha"])
model.save_pretrained(out / "initial")
trained = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=settings["learningRate"], betas=tuple(settings["betas"]),
                              eps=settings["epsilon"], weight_decay=settings["weightDecay"])
warmup = math.ceil(settings["warmupRatio"] * len(batches))
schedule = get_cosine_schedule_with_warmup(optimizer, warmup, len(batches))
before = validation_loss(model)

curve, start = [], time.perf_counter()
for rows in batches:
    total, count = loss_of(model, rows)
    loss = total / count
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, settings["clip"])
    optimizer.step()
    schedule.step()
    optimizer.zero_grad()
    curve.append(loss.item())
seconds = time.perf_counter() - start

model.save_pretrained(out / "final")
(out / "curve.json").write_text(json.dumps(curve))
report("pytorch+peft", args.threads, task="banking77", steps=len(batches), warmupSteps=warmup, seconds=seconds,
       examplesPerSecond=sum(map(len, batches)) / seconds, validationLossBefore=before,
       validationLoss=validation_loss(model), trainingLossLast=curve[-1])
