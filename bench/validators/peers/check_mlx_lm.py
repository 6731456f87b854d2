"""mlx-lm: its loader and its batches, as `mlx_lm.lora --train` makes them. No step is taken."""

import types

import common

KINDS = ["chat", "completion", "text"]


# The corpus has no validation files.
ASIDE = (r"Validation set not found",)


def prepare():
    import mlx_lm.tokenizer_utils
    import mlx_lm.tuner.trainer  # noqa: F401
    from transformers import AutoTokenizer  # noqa: F401


def look(file, setting, said):
    from pathlib import Path

    from mlx_lm.tokenizer_utils import load
    from mlx_lm.tuner.datasets import CacheDataset, load_dataset
    from mlx_lm.tuner.trainer import iterate_batches

    # What its command line starts from.
    args = types.SimpleNamespace(data=file["folder"], train=True, test=False, hf_dataset=False, mask_prompt=False)
    train, _, _ = load_dataset(args, load(Path(setting["model"])))
    for _ in iterate_batches(CacheDataset(train), batch_size=4, max_seq_length=setting["max_length"]):
        pass


if __name__ == "__main__":
    common.main(look, KINDS, common.version_of("mlx-lm"), prepare, ASIDE)
