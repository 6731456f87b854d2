"""Axolotl: what `axolotl preprocess` does with a configuration for the file."""

import os

import common

os.environ["AXOLOTL_DO_NOT_TRACK"] = "1"
os.environ["AXOLOTL_IS_PREPROCESS"] = "1"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

PAIR = {
    "type": {
        "field_instruction": "prompt",
        "field_output": "completion",
        "format": "{instruction} ",
        "no_input_format": "{instruction} ",
    }
}
SOURCES = {
    "chat": {"type": "chat_template", "field_messages": "messages"},
    "sharegpt": {
        "type": "chat_template",
        "field_messages": "conversations",
        "message_property_mappings": {"role": "from", "content": "value"},
    },
    "completion": PAIR,
    "csv": PAIR,
    "text": {"type": "completion"},
    "alpaca": {"type": "alpaca"},
    "preference": {
        "split": "train",
        "type": {"field_prompt": "prompt", "field_chosen": "chosen", "field_rejected": "rejected"},
    },
}


def prepare():
    common.without("torchaudio")
    import datasets
    from axolotl.cli import preprocess  # noqa: F401

    datasets.disable_progress_bars()


def look(file, setting, said):
    from axolotl.cli.config import load_cfg
    from axolotl.common.datasets import load_datasets, load_preference_datasets
    from axolotl.utils.dict import DictDefault

    scratch = os.path.join(setting["scratch"], "axolotl", file["id"])
    os.makedirs(scratch, exist_ok=True)
    loader = {"ds_type": "csv" if file["path"].endswith(".csv") else "json", **SOURCES[file["kind"]]}
    test = os.path.join(file["folder"], "test.jsonl")
    cfg = load_cfg(
        DictDefault(
            {
                "base_model": setting["model"],
                "tokenizer_type": "AutoTokenizer",
                "datasets": [{"path": file["path"], **loader}],
                **({"test_datasets": [{"path": test, "split": "train", **loader}]} if os.path.exists(test) else {}),
                **({"rl": "dpo"} if file["kind"] == "preference" else {}),
                "sequence_len": setting["max_length"],
                "val_set_size": 0,
                "micro_batch_size": 1,
                "gradient_accumulation_steps": 1,
                "num_epochs": 1,
                "learning_rate": 0.0001,
                "dataset_prepared_path": os.path.join(scratch, "prepared"),
                "output_dir": os.path.join(scratch, "out"),
                "chat_template": "tokenizer_default",
            }
        ),
        is_preprocess=True,
    )
    cfg.is_preprocess = True
    # In this process: workers would have to load everything anew for a few rows.
    cfg.dataset_num_proc = None
    load = load_preference_datasets if file["kind"] == "preference" else load_datasets
    said.dropped = common.rows_of(file) - len(load(cfg=cfg).train_dataset)


if __name__ == "__main__":
    common.main(look, list(SOURCES), lambda: common.version_of("axolotl"), prepare)
