"""transformers' generate(): tokens/s of a prompt and of greedy decoding, batch 1.

    python generate_transformers.py MODEL_DIR [--dtype float32] [--prompt 512] [--new 64] [--rounds 3]

Prompt: one forward pass over PROMPT random tokens that fills the cache and computes the last position's logits.
Decoding: NEW tokens after a prompt of 16, the time of one token (with its prompt) taken off. Best of the rounds.
"""

import time

from common import arguments, load, report
import torch

args = arguments(__doc__, "model", dtype="float32", prompt=512, new=64, rounds=3)
torch.manual_seed(7)
model = load(args.model, args.dtype).eval()
model.generation_config.eos_token_id = None
input_ids = torch.randint(3, model.config.vocab_size, (1, args.prompt))


def seconds(work):
    start = time.perf_counter()
    with torch.no_grad():
        work()
    return time.perf_counter() - start


def decode(count):
    prompt = input_ids[:, :16]
    model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=count, do_sample=False, pad_token_id=0)


decode(2)  # warm
prompts, decodings = [], []
for _ in range(args.rounds):
    prompts.append(seconds(lambda: model(input_ids, use_cache=True, logits_to_keep=1)))
    first = seconds(lambda: decode(1))
    decodings.append(seconds(lambda: decode(1 + args.new)) - first)
report("transformers", args.threads, dtype=args.dtype, promptTokens=args.prompt, newTokens=args.new,
       promptTokensPerSecond=args.prompt / min(prompts), tokensPerSecond=args.new / min(decodings))
