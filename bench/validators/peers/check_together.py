"""Together: `together files check`."""

import re

import common

KINDS = ["chat", "completion", "text"]


def prepare():
    import together.lib.utils.files  # noqa: F401


def look(file, setting, said):
    from together.lib.utils.files import check_file

    report = check_file(file["path"])
    if not report["is_check_passed"]:
        message = report.get("message") or report.get("load_json") or "Checks failed"
        line = re.search(r"\bline (?:number )?(\d+)", message)
        said.add(message, int(line.group(1)) if line else common.quoted(message, file))


if __name__ == "__main__":
    common.main(look, KINDS, common.version_of("together"), prepare)
