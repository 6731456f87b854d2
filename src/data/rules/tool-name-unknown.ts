import { nearest } from "../../protocol/suggest.ts";
import { placeIn, replaceIn } from "../detect/held.ts";
import { allCalls } from "../detect/tool-calls.ts";
import { declarationsOf, declaredNames } from "../detect/tool-declarations.ts";
import type { Rule } from "./rule.ts";

export const toolNameUnknown: Rule = {
  id: "tool-name-unknown",
  level: "conversation",
  on: "record",
  severity: "warning",
  summary: "A tool is called that the row does not declare",
  rationale:
    "The model learns to call what it was not offered, and will invent tools when it is used. Trainers do not look.",
  source: "The pairing of `tools` and `tool_calls` in OpenAI's fine-tuning format.",
  check(view, _context, report) {
    if (view.parts.tools === undefined) return;
    const calls = allCalls(view);
    if (calls.length === 0) return;
    const names = declaredNames(declarationsOf(view.parts));
    if (names.length === 0) return;
    for (const call of calls) {
      const { name } = call;
      if (typeof name !== "string" || name === "" || names.includes(name)) continue;
      const path = [...call.functionPath, "name"];
      const { at, span } = placeIn(call, path);
      const meant = nearest(name, names);
      report({
        at,
        ...(span && { span }),
        message: `"${name}" is not among the tools of this row${meant ? `; did you mean "${meant}"?` : ""}`,
        fixes: () => {
          const edit = meant === undefined ? undefined : replaceIn(call, path, meant);
          return edit ? [{ title: `Change "${name}" to "${meant}"`, edits: [edit] }] : [];
        },
      });
    }
  },
  bad: [
    {
      text: '{"tools": [{"type": "function", "function": {"name": "get_time", "parameters": {}}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": «"get_tme"», "arguments": "{}"}}]}]}\n',
      fixed:
        '{"tools": [{"type": "function", "function": {"name": "get_time", "parameters": {}}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "get_time", "arguments": "{}"}}]}]}\n',
    },
    {
      text: '{"tools": "[{\\"name\\": \\"clock\\"}]", "conversations": [{"from": "human", "value": "Time?"}, {"from": "function_call", "value": "{\\"name\\": «\\"clok\\"», \\"arguments\\": {}}"}]}\n',
      fixed:
        '{"tools": "[{\\"name\\": \\"clock\\"}]", "conversations": [{"from": "human", "value": "Time?"}, {"from": "function_call", "value": "{\\"name\\": \\"clock\\", \\"arguments\\": {}}"}]}\n',
    },
    {
      text: '{"tools": [{"functionDeclarations": [{"name": "clock"}]}], "contents": [{"role": "user", "parts": [{"text": "Rain?"}]}, {"role": "model", "parts": [{"functionCall": {"name": «"weather"», "args": {}}}]}]}\n',
      note: "Which tool was meant cannot be told.",
    },
  ],
  good: [
    {
      text: '{"tools": [{"type": "function", "function": {"name": "get_time", "parameters": {}}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "get_time", "arguments": "{}"}}]}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "get_time", "arguments": "{}"}}]}]}\n',
      note: "Where nothing is declared, nothing is missing from it.",
    },
    {
      text: '{"tools": [{"functionDeclarations": [{"name": "clock"}]}], "contents": [{"role": "user", "parts": [{"text": "Time?"}]}, {"role": "model", "parts": [{"functionCall": {"name": "clock", "args": {}}}]}]}\n',
    },
  ],
};
