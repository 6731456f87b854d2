"""mistral-finetune's validate_data, by what it checks; the rules on messages are run by mistral-common, as it does."""

import json
import re

import common

KINDS = ["chat", "text"]


class Fault(Exception):
    pass


def look(file, setting, said):
    with open(file["path"], encoding="utf-8") as stream:
        lines = stream.readlines()
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
        except ValueError as error:
            column = re.search(r"\(char (\d+)\)", str(error))
            said.add(error, number, int(column.group(1)) if column else None)
            continue
        if file["kind"] != "chat":
            plain(row)
            continue
        try:
            conversation(row)
        except Fault as error:
            said.add(error, number)
        except Exception as error:
            # Those of mistral-common are told with their line; any other ends the script.
            if not type(error).__module__.startswith("mistral_common"):
                raise
            said.add(f"{type(error).__name__}: {error}", number)


def plain(row):
    """Its assertions name no line."""
    assert not ("text" in row and "content" in row), "Both 'text' and 'content'"
    assert row.get("text") is not None or row.get("content") is not None, "Neither 'text' nor 'content'"
    assert isinstance(row.get("text", row.get("content")), str)


def conversation(row):
    from mistral_common.protocol.instruct.messages import FinetuningAssistantMessage, ToolMessage, UserMessage
    from mistral_common.protocol.instruct.validator import MistralRequestValidatorV3, ValidationMode

    present = [key for key in ("messages", "interactions") if key in row]
    if len(present) != 1:
        raise Fault("There must be one of 'messages' and 'interactions'")
    if "tools" in row and "available_tools" in row:
        raise Fault("Both 'tools' and 'available_tools'")
    tools = [declared(tool) for tool in row.get("tools") or row.get("available_tools") or []]
    system = row.get("system_prompt")
    messages = []
    for each in row[present[0]]:
        calls = each.get("tool_calls")
        if "role" not in each:
            raise Fault("A message without a role")
        role = each["role"]
        if "content" in each and "text" in each:
            raise Fault("A message with both 'content' and 'text'")
        content = each.get("content") if each.get("content") is not None else each.get("text")
        if calls is None and content is None:
            raise Fault(f"A {role} message without content")
        if role not in ("system", "user", "assistant", "tool"):
            raise Fault(f"The role {role} is not known")
        if role == "system":
            if system is not None:
                raise Fault("Several system messages")
            system = content
        elif role == "user":
            assert content is not None
            messages.append(UserMessage(content=content))
        elif role == "tool":
            assert content is not None
            if "tool_call_id" not in each:
                raise Fault("A tool message without tool_call_id")
            messages.append(ToolMessage(content=content, tool_call_id=each["tool_call_id"], name=each.get("name")))
        else:
            made = None if calls is None else [called(call) for call in calls]
            messages.append(FinetuningAssistantMessage(content=content, tool_calls=made, weight=each.get("weight")))
    validator = MistralRequestValidatorV3(ValidationMode.finetuning)
    validator.validate_messages(messages)
    validator._validate_tools(tools)


def declared(tool):
    from mistral_common.protocol.instruct.tool_calls import Function, Tool

    if "function" not in tool:
        raise Fault("A tool without a function")
    function = tool["function"]
    for key in ("name", "description", "parameters"):
        if key not in function:
            raise Fault(f"A function without {key}")
    if not isinstance(function["parameters"], dict):
        raise Fault("A function whose parameters are no object")
    return Tool(function=Function(**{key: function[key] for key in ("name", "description", "parameters")}))


def called(call):
    from mistral_common.protocol.instruct.tool_calls import FunctionCall, ToolCall

    if "id" not in call or "function" not in call:
        raise Fault("A tool call without id or function")
    function = call["function"]
    if "name" not in function or "arguments" not in function:
        raise Fault("A tool call without name or arguments")
    if not isinstance(function["arguments"], str):
        raise Fault("A tool call whose arguments are no string")
    return ToolCall(id=call["id"], function=FunctionCall(name=function["name"], arguments=function["arguments"]))


if __name__ == "__main__":
    common.main(
        look, KINDS, f"by its checks as of November 2026, with mistral-common {common.version_of('mistral-common')}"
    )
