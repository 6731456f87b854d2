"""PyTorch + PEFT, one LoRA training step repeated: tokens/s and peak memory.

    python train_peft.py MODEL_DIR [--dtype float32|bfloat16] [--batch 4] [--length 256] [--steps 10] [--warmup 2]

LoRA r = 8 on all linear layers, AdamW, every token trained, no padding, no gradient checkpointing; the forward and
backward pass, clipping and the update are timed, and of the steps after the warm-up the median counts.
"""

import statistics
import time

from common import arguments, load, lora, report
import torch

args = arguments(__doc__, "model", dtype="float32", batch=4, length=256, steps=10, warmup=2)
torch.manual_seed(7)
model = lora(load(args.model, args.dtype)).train()
trained = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=2e-4)

seconds = []
for step in range(args.warmup + args.steps):
    input_ids = torch.randint(3, model.config.vocab_size, (args.batch, args.length))
    start = time.perf_counter()
    loss = model(input_ids=input_ids, labels=input_ids, use_cache=False).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    optimizer.zero_grad()
    loss.item()
    seconds.append(time.perf_counter() - start)

timed = seconds[args.warmup:]
report("pytorch+peft", args.threads, dtype=args.dtype, batch=args.batch, length=args.length, steps=args.steps,
       tokensPerSecond=args.batch * args.length / statistics.median(timed), firstStepSeconds=seconds[0],
       slowestSeconds=max(timed), fastestSeconds=min(timed), trainedParameters=sum(p.numel() for p in trained))
