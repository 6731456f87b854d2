"""openai-python: `openai tools fine_tunes.prepare_data`, all advice taken."""

import os
import re
import shutil

import common

KINDS = ["completion", "csv"]


# Which files it takes for what, it says of all.
ASIDE = (r"^Based on your file extension",)


def prepare():
    import openai.cli._tools.fine_tunes
    import pandas  # noqa: F401


def look(file, setting, said):
    import contextlib
    import io

    from openai.cli._tools.fine_tunes import PrepareDataArgs, prepare_data

    folder = os.path.join(setting["scratch"], "openai", file["id"])
    os.makedirs(folder, exist_ok=True)
    # It writes beside what it reads.
    path = shutil.copy(file["path"], folder)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            prepare_data(PrepareDataArgs(file=path, quiet=True))
    finally:
        report(printed.getvalue(), file, said)


def report(text, file, said):
    first = 2 if file["path"].endswith(".csv") else 1
    analysis = text.split("Based on the analysis")[0]
    for paragraph in re.split(r"\n- |\n\n(?=ERROR)", analysis)[1:]:
        few = re.match(r"Your file contains (\d+) prompt", paragraph)
        # It wants a hundred; the corpus is smaller on purpose.
        if few and int(few.group(1)) >= 10:
            continue
        rows = re.search(r"These are rows: \[(\d+)", paragraph)
        said.add(paragraph.strip(), int(rows.group(1)) + first if rows else None)
    for error in re.findall(r"ERROR in .*", text):
        said.add(error)


if __name__ == "__main__":
    common.main(look, KINDS, common.version_of("openai"), prepare, ASIDE)
