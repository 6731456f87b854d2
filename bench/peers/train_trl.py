"""TRL's SFTTrainer on banking77: examples/s with its own batching and padding, float32.

    python train_trl.py MODEL_DIR BATCHES.json [--batch 8] [--steps 20] [--warmup 3]

The rows of BATCHES.json (banking77_batches.py), already tokenized, in TRL's own shuffled order, loss on the answer
only. LoRA r = 8 on all linear layers; gradient checkpointing and bfloat16, on by default in TRL, are off. Timed from
the end of the warm-up steps to the end of the last.
"""

import json
import pathlib
import tempfile
import time

from common import arguments, load, report
import torch
import trl
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoTokenizer, TrainerCallback

args = arguments(__doc__, "model", "batches", batch=8, steps=20, warmup=3)
batches = json.loads(pathlib.Path(args.batches).read_text(encoding="utf-8"))["batches"]
rows = Dataset.from_list([
    {"input_ids": row["ids"], "completion_mask": [int(i >= row["promptTokens"]) for i in range(len(row["ids"]))]}
    for batch in batches for row in batch])


class Clock(TrainerCallback):
    """Notes the time after every optimizer step."""

    def __init__(self):
        self.times = []

    def on_step_end(self, *_, **__):
        self.times.append(time.perf_counter())


class Counted:
    """The trainer's collator, counting rows, their tokens and the places of each batch; some are fetched ahead."""

    def __init__(self, collate):
        self.collate, self.rows, self.tokens, self.places = collate, 0, 0, 0

    def __call__(self, examples):
        batch = self.collate(examples)
        self.rows += len(examples)
        self.places += batch["input_ids"].numel()
        self.tokens += sum(len(example["input_ids"]) for example in examples)
        return batch


clock = Clock()
with tempfile.TemporaryDirectory() as folder:
    trainer = trl.SFTTrainer(
        model=load(args.model),
        processing_class=AutoTokenizer.from_pretrained(args.model),
        train_dataset=rows,
        peft_config=LoraConfig(r=8, lora_alpha=16, lora_dropout=0.0, target_modules="all-linear", task_type="CAUSAL_LM"),
        callbacks=[clock],
        args=trl.SFTConfig(
            output_dir=folder, per_device_train_batch_size=args.batch, max_steps=args.warmup + args.steps,
            learning_rate=5e-4, lr_scheduler_type="cosine", bf16=False, gradient_checkpointing=False, use_cpu=True,
            completion_only_loss=True, max_length=512, seed=7, report_to="none", save_strategy="no",
            logging_strategy="no", disable_tqdm=True))
    trainer.data_collator = Counted(trainer.data_collator)
    torch.set_num_threads(args.threads)
    result = trainer.train()

seconds = clock.times[-1] - clock.times[args.warmup - 1]
counted = trainer.data_collator
report("trl", args.threads, trl=trl.__version__, task="banking77", dtype=str(next(trainer.model.parameters()).dtype),
       batch=args.batch, steps=args.steps, examplesPerSecond=args.steps * args.batch / seconds,
       meanTokens=counted.tokens / counted.rows, padding=1 - counted.tokens / counted.places,
       trainingLoss=result.training_loss)
