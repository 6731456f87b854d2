import type { Parts, Path } from "../parts.ts";
import { schemaFindings } from "../schemas/check.ts";
import type { Fix, Rule } from "./rule.ts";

export const missingRequiredKey: Rule = {
  id: "missing-required-key",
  level: "schema",
  on: "record",
  severity: "error",
  summary: "A key that the format needs is not there",
  rationale:
    "Without it there is no question, no answer or no speaker: trainers stop with a `KeyError`, or leave the row out. Most often the key has a slip in its name.",
  source:
    "OpenAI cookbook's check of chat data (message_missing_key, missing_content); Together's `files check`; `KeyError` in [TRL](https://github.com/huggingface/trl).",
  check(view, context, report) {
    const { missing, empty } = schemaFindings(view, context);
    for (const { at, key, spelled, others } of missing) {
      if (spelled !== undefined) {
        report({
          at: [...at, spelled],
          on: "key",
          message: `"${key}" is missing; did you mean it by "${spelled}"?`,
          fixes: () => [
            {
              title: `Rename "${spelled}" to "${key}"`,
              edits: [{ kind: "rename", at: [...at, spelled], key }],
            },
          ],
        });
        continue;
      }
      const or = others ? ` (or ${others.map((other) => `"${other}"`).join(", ")})` : "";
      report({
        at,
        message: `"${key}"${or} is missing`,
        fixes: () => (key === "role" ? nextRole(view.parts, at) : []),
      });
    }
    for (const { at, key } of empty) {
      report({ at: [...at, key], message: `"${key}" is null, as if it were missing` });
    }
    for (const { turns } of view.parts.conversations) {
      for (const { content, contentAt, message } of turns) {
        // A message that calls tools need not say anything.
        if (content !== null || !message || message.tool_calls || message.function_call) continue;
        if (message.role === undefined) continue;
        report({ at: contentAt, message: `"${contentAt.at(-1)}" is null, as if it were missing` });
      }
    }
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": "b"}\n{"prompt": "e", "completion": "f"}\n{«"promt"»: "c", "completion": "d"}\n',
      fixed:
        '{"prompt": "a", "completion": "b"}\n{"prompt": "e", "completion": "f"}\n{"prompt": "c", "completion": "d"}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", «"contnet"»: "b"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
    },
    {
      text: '{"messages": [{«"from"»: "user", «"value"»: "a"}, {"role": "assistant", "content": "b"}]}\n{"messages": [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n{"messages": [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, «{"content": "b"}»]}\n',
      fixed: '{"messages": [{"role": "user", "content": "a"}, {"content": "b", "role": "assistant"}]}\n',
      note: "Turns alternate: the one that is missing can be told.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": «null»}]}\n',
    },
    {
      text: '{"prompt": "a", "completion": «null»}\n{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n',
    },
    {
      text: '{"instruction": "a", "output": "b"}\n{"instruction": "c", "output": "d"}\n«{"instruction": "e"}»\n',
    },
    {
      text: '{"question": "a", "answer": "b"}\n{"question": "c", "answer": "d"}\n«{"question": "e", "id": 3}»\n',
    },
    {
      text: '{"sentence": "a", "intent": "b"}\n{"sentence": "c", "intent": "d"}\n{"sentence": "e", «"intnet"»: "f"}\n{"sentence": "g", "intent": "h"}\n',
      fixed:
        '{"sentence": "a", "intent": "b"}\n{"sentence": "c", "intent": "d"}\n{"sentence": "e", "intent": "f"}\n{"sentence": "g", "intent": "h"}\n',
    },
    { text: '{"sentence": "a", "intent": "b"}\n{"sentence": "c", "intent": "d"}\n«{"sentence": "e"}»\n' },
    {
      text: '{"prompt": "a", "chosen": "b", "rejected": "c"}\n{"prompt": "d", "chosen": "e", "rejected": "f"}\n«{"prompt": "g", "chosen": "h"}»\n',
    },
  ],
  good: [
    {
      text: '{"text": "a", "labels": "b"}\n{"text": "c", "labels": "d"}\n',
      note: "Two columns may have other names.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "1", "content": "x"}, {"role": "assistant", "content": "b"}], "tools": [{"type": "function", "function": {"name": "f"}}]}\n',
      note: "Beside tool calls nothing has to be said.",
    },
    { text: '{"instruction": "a", "input": null, "output": "b"}\n' },
    {
      text: '{"conversations": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
    },
  ],
};

/** The role of a turn between two others, as turns alternate. */
function nextRole({ conversations }: Parts, at: Path): readonly Fix[] {
  const turns = conversations.flatMap((conversation) => conversation.turns);
  const index = turns.findIndex((turn) => turn.at.join("\0") === at.join("\0"));
  const before = turns[index - 1]?.side;
  const value = before === "user" || before === "tool" ? "assistant" : "user";
  if (index < 0 || turns[index + 1]?.side === value) return [];
  return [{ title: `Add the role "${value}"`, edits: [{ kind: "insert", at: [...at, "role"], value }] }];
}
