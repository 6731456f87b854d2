"""The data preparation notebook of the OpenAI cookbook, by what it checks: it counts, and names no rows."""

import json

import common

KINDS = ["chat"]
KNOWN_KEYS = {"role", "content", "name", "function_call", "weight"}
KNOWN_ROLES = {"system", "user", "assistant", "function"}


def look(file, setting, said):
    with open(file["path"], encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    faults = {}
    for row in rows:
        for fault in faults_of(row):
            faults[fault] = faults.get(fault, 0) + 1
    for fault in faults:
        said.add(fault)


def faults_of(row):
    if not isinstance(row, dict):
        yield "data_type"
        return
    messages = row.get("messages")
    if not messages:
        yield "missing_messages_list"
        return
    for message in messages:
        if "role" not in message or "content" not in message:
            yield "message_missing_key"
        if any(key not in KNOWN_KEYS for key in message):
            yield "message_unrecognized_key"
        # A string of messages ends the notebook here.
        if message.get("role") not in KNOWN_ROLES:
            yield "unrecognized_role"
        content = message.get("content")
        if (not content and not message.get("function_call")) or not isinstance(content, str):
            yield "missing_content"
    if not any(message.get("role") == "assistant" for message in messages):
        yield "example_missing_assistant_message"


if __name__ == "__main__":
    common.main(look, KINDS, "by its checks as of November 2026")
