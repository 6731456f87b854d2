"""What the adapters share: each file is looked at in a process of its own, and what is said of it is gathered.

    PYTHON peers/X.py MANIFEST MODEL MAX_LENGTH SCRATCH

The manifest lists files: {"id", "kind", "path", "folder"}. Prints one JSON object: the version, the kinds of files that
are read, and for every id what was said and how many rows were left out.
"""

import contextlib
import importlib.metadata
import io
import json
import logging
import os
import re
import signal
import sys
import time
import warnings

LIMIT_SECONDS = 180
MOST_REMARKS = 30


class Said:
    """What a validator has said of a file; not what it says of the machine and its settings."""

    def __init__(self, aside=()):
        self.remarks = []
        self.dropped = 0
        self.aside = aside

    def add(self, message, line=None, column=None):
        """`column` counts from 0, within the line."""
        message = str(message)
        # Whoever complains of every row does not have to be quoted with each.
        if len(self.remarks) == MOST_REMARKS or any(re.search(pattern, message) for pattern in self.aside):
            return
        remark = {"message": message if len(message) < 500 else f"{message[:500]} …"}
        if line is not None:
            remark["line"] = line
        if column is not None:
            remark["characters"] = [column, column]
        self.remarks.append(remark)


def main(look, kinds, version, prepare=lambda: None, aside=()):
    """`look(file, setting, said)` does with one file what a user would; messages like `aside` are not about data."""
    manifest, model, max_length, scratch = sys.argv[1:5]
    setting = {"model": model, "max_length": int(max_length), "scratch": scratch}
    with open(manifest, encoding="utf-8") as stream:
        files = json.load(stream)
    # What importing prints is nobody's verdict. Some keep the stream that is there now.
    with contextlib.redirect_stdout(sys.stderr):
        prepare()
    verdicts = {file["id"]: apart(look, file, setting, aside) for file in files if file["kind"] in kinds}
    if callable(version):
        version = version()
    print(json.dumps({"version": version, "kinds": list(kinds), "verdicts": verdicts}))


def without(module):
    """A library for sound or pictures that is imported by text's loaders, too."""
    import importlib.machinery
    import types

    absent = types.ModuleType(module)
    absent.__spec__ = importlib.machinery.ModuleSpec(module, None)
    sys.modules.setdefault(module, absent)


def version_of(package):
    return importlib.metadata.version(package)


def apart(look, file, setting, aside):
    """In a child: whoever warns once a process warns of every file, and nobody's crash ends the others."""
    print(f"{os.path.basename(sys.argv[0])}: {file['id']}", file=sys.stderr)
    path = os.path.join(setting["scratch"], "said.json")
    with contextlib.suppress(FileNotFoundError):
        os.remove(path)
    child = os.fork()
    if child == 0:
        said = Said(aside)
        try:
            gather(look, file, setting, said)
            with open(path, "w", encoding="utf-8") as stream:
                json.dump({"remarks": said.remarks, "dropped": said.dropped}, stream)
        finally:
            os._exit(0)
    until = time.monotonic() + LIMIT_SECONDS
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise SystemExit(f"{file['id']} took longer than {LIMIT_SECONDS} s")
        time.sleep(0.01)
    with open(path, encoding="utf-8") as stream:
        return json.load(stream)


def gather(look, file, setting, said):
    class Handler(logging.Handler):
        def emit(self, record):
            message = record.getMessage()
            if record.levelno >= logging.WARNING or re.match(r"Dropped [1-9]", message):
                placed(message, file, said)

    handler = Handler(logging.INFO)
    known = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    for logger in [logging.root, *known]:
        # Those that do not pass on what they hear are listened to themselves.
        if logger is logging.root or not logger.propagate:
            logger.addHandler(handler)
    printed = io.StringIO()
    with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        try:
            look(file, setting, said)
        except (Exception, SystemExit) as error:  # Whatever it is, the user sees it.
            placed(chain(error), file, said)
    for warning in warned:
        if warning.category is UserWarning:
            placed(str(warning.message), file, said)
    for line in printed.getvalue().splitlines():
        if "warning" in line.lower():
            placed(line, file, said)


def chain(error):
    """An error with what caused it, as a traceback shows them."""
    texts = []
    while error is not None and len(texts) < 4:
        texts.append(f"{type(error).__name__}: {error}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " / caused by ".join(texts)


def placed(message, file, said):
    """A message with the row that it names: by number as Arrow counts, or by quoting it."""
    numbered = re.search(r"in row (\d+)\b", message)
    line = int(numbered.group(1)) + (2 if file["path"].endswith(".csv") else 1) if numbered else quoted(message, file)
    said.add(message, line)


def quoted(message, file):
    """The line that a message shows: the only one that has a text which stands in it."""
    with open(file["path"], encoding="utf-8", errors="replace") as stream:
        lines = stream.read().split("\n")
    shown = set()
    for number, line in enumerate(lines, 1):
        texts = [text for text in re.findall(r'[^"\\,\[\]{}]{14,}', line) if sum(text in other for other in lines) == 1]
        if any(text in message for text in texts):
            shown.add(number)
    return shown.pop() if len(shown) == 1 else None


def rows_of(file):
    """How many rows a file has, for who counts what is left of them; they may stand on more lines, or fewer."""
    with open(file["path"], encoding="utf-8-sig", errors="replace") as stream:
        text = stream.read().strip()
    if file["path"].endswith(".csv"):
        return len(text.splitlines()) - 1
    rows, decoder = [], json.JSONDecoder()
    try:
        while text:
            row, end = decoder.raw_decode(text)
            rows.append(row)
            text = text[end:].lstrip()
    except ValueError:
        return sum(1 for line in text.splitlines() if line.strip()) + len(rows)
    return len(rows[0]) if len(rows) == 1 and isinstance(rows[0], list) else len(rows)
