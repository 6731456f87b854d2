"""LLaMA-Factory: its dataset is loaded, aligned and tokenized as before training."""

import json
import os

import common

os.environ["CUDA_VISIBLE_DEVICES"] = ""

PAIR = ("sft", {"columns": {"prompt": "prompt", "response": "completion"}})
SOURCES = {
    "chat": (
        "sft",
        {
            "formatting": "openai",
            "columns": {"messages": "messages", "tools": "tools"},
            "tags": {
                "role_tag": "role",
                "content_tag": "content",
                "user_tag": "user",
                "assistant_tag": "assistant",
                "observation_tag": "tool",
                "function_tag": "function_call",
                "system_tag": "system",
            },
        },
    ),
    "sharegpt": ("sft", {"formatting": "sharegpt", "columns": {"messages": "conversations"}}),
    "alpaca": ("sft", {}),
    "completion": PAIR,
    "csv": PAIR,
    "text": ("pt", {"columns": {"prompt": "text"}}),
    "preference": (
        "rm",
        {"ranking": True, "columns": {"prompt": "prompt", "chosen": "chosen", "rejected": "rejected"}},
    ),
    "kto": ("kto", {"columns": {"prompt": "prompt", "response": "completion", "kto_tag": "label"}}),
}


ASIDE = (r"mixed precision", r"couldn't be hashed properly")


def prepare():
    common.without("torchaudio")
    import datasets
    import llamafactory.data  # noqa: F401
    import llamafactory.hparams  # noqa: F401

    datasets.disable_progress_bars()


def look(file, setting, said):
    from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
    from llamafactory.hparams import get_train_args
    from llamafactory.model import load_tokenizer

    stage, source = SOURCES[file["kind"]]
    scratch = os.path.join(setting["scratch"], "llamafactory", file["id"])
    os.makedirs(scratch, exist_ok=True)
    described = {"file": {"file_name": file["path"], **source}}
    with open(os.path.join(scratch, "dataset_info.json"), "w", encoding="utf-8") as stream:
        json.dump(described, stream)
    model_args, data_args, training_args, _, _ = get_train_args(
        {
            "model_name_or_path": setting["model"],
            "stage": stage,
            "do_train": True,
            "finetuning_type": "full",
            "dataset": "file",
            "dataset_dir": scratch,
            "template": "default",
            "cutoff_len": setting["max_length"],
            "output_dir": os.path.join(scratch, "out"),
            "cache_dir": os.path.join(scratch, "cache"),
            "overwrite_cache": True,
            "report_to": "none",
            "use_cpu": True,
        }
    )
    loaded = load_tokenizer(model_args)
    template = get_template_and_fix_tokenizer(loaded["tokenizer"], data_args)
    made = get_dataset(template, model_args, data_args, training_args, stage=stage, **loaded)
    # Plain text is packed, so its rows cannot be counted.
    if stage != "pt":
        said.dropped = common.rows_of(file) - len(made["train_dataset"])


if __name__ == "__main__":
    common.main(look, list(SOURCES), common.version_of("llamafactory"), prepare, ASIDE)
