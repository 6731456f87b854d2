"""TRL: the dataset is loaded and given to a trainer, whose batches are made. No step is taken."""

import os

import common

KINDS = ["chat", "completion", "csv", "text", "preference", "kto"]


def prepare():
    import datasets
    import trl

    datasets.disable_progress_bars()
    trl.SFTTrainer, trl.DPOTrainer, trl.KTOTrainer  # noqa: B018 Imported when first named.


def look(file, setting, said):
    import datasets
    import trl

    files = {"train": file["path"]}
    test = os.path.join(file["folder"], "test.jsonl")
    if os.path.exists(test):
        files["test"] = test
    cache = os.path.join(setting["scratch"], "trl", file["id"])
    loader = "csv" if file["path"].endswith(".csv") else "json"
    data = datasets.load_dataset(loader, data_files=files, cache_dir=cache)
    trainer, config = {
        "preference": (trl.DPOTrainer, trl.DPOConfig),
        "kto": (trl.KTOTrainer, trl.KTOConfig),
    }.get(file["kind"], (trl.SFTTrainer, trl.SFTConfig))
    made = trainer(
        model=setting["model"],
        args=config(output_dir=cache, max_length=setting["max_length"], report_to=[], use_cpu=True, bf16=False),
        train_dataset=data["train"],
        eval_dataset=data.get("test"),
    )
    for _ in made.get_train_dataloader():
        pass
    said.dropped = len(data["train"]) - len(made.train_dataset)


if __name__ == "__main__":
    common.main(look, KINDS, common.version_of("trl"), prepare)
