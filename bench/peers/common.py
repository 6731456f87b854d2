"""What the Python peers share: threads, peak memory, the LoRA of the benchmarks, and one JSON line as the result."""

import argparse
import json
import os
import resource
import sys

ARGUMENTS = argparse.ArgumentParser(add_help=False)
ARGUMENTS.add_argument("--threads", type=int, default=2)
# Before torch is imported: its OpenMP runtime reads this once. Every script here imports this module first.
os.environ["OMP_NUM_THREADS"] = str(ARGUMENTS.parse_known_args()[0].threads)

import peft  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from peft import LoraConfig, get_peft_model  # noqa: E402
from transformers import AutoModelForCausalLM  # noqa: E402


def arguments(doc, *positional, **options):
    """Parses positional names and options with defaults, plus --threads; the module's docstring is the help."""
    parser = argparse.ArgumentParser(description=doc, parents=[ARGUMENTS], formatter_class=argparse.RawTextHelpFormatter)
    for name in positional:
        parser.add_argument(name)
    for name, default in options.items():
        parser.add_argument("--" + name, type=type(default), default=default)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    return args


def load(folder, dtype="float32"):
    """The model as a user gets it: transformers' default attention (PyTorch's fused one)."""
    return AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, dtype))


def lora(model, rank=8, alpha=16):
    """LoRA on all seven linear layers of a block, PEFT's own initialisation (B is zero), no dropout."""
    return get_peft_model(model, LoraConfig(
        r=rank, lora_alpha=alpha, lora_dropout=0.0, target_modules="all-linear", task_type="CAUSAL_LM"))


def peak_bytes():
    """Peak resident memory of this process: ru_maxrss is in KiB on Linux, in bytes on macOS."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def report(peer, threads, **figures):
    print(json.dumps({"peer": peer, "threads": threads, **figures, "peakBytes": peak_bytes(), "versions": {
        "torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}}), flush=True)
