import { isOrderly, listedTurns, valueAt } from "../detect/conversation.ts";
import { type Rule, removeRow } from "./rule.ts";

export const emptyMessages: Rule = {
  id: "empty-messages",
  level: "conversation",
  on: "record",
  severity: "error",
  summary: "A list of messages is empty",
  rationale:
    "Nothing can be learned from a conversation without turns. Tunesmith leaves the row out; TRL looks at the first message and stops with an error that names no row.",
  source: "Together's `files check` (a non-empty list of messages); TRL's `data_utils.py`.",
  check({ parts, record }, _context, report) {
    if (isOrderly(parts)) return;
    for (const conversation of parts.conversations) {
      const { list } = conversation;
      if (!list || listedTurns(conversation).length > 0) continue;
      const value = valueAt(record, list);
      if (!Array.isArray(value) || value.length > 0) continue;
      report({
        at: list,
        message: `"${list.at(-1)}" is empty: there is nothing to learn`,
        fixes: () => [removeRow],
      });
    }
  },
  bad: [
    {
      text: '{"messages": «[]»}\n{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"system": "Be brief.", "conversations": «[]»}\n{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
      fixed: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
      note: "A system message beside the list is no turn.",
    },
    {
      text: '{"prompt": «[]», "completion": [{"role": "assistant", "content": "Hello"}]}\n{"prompt": [{"role": "user", "content": "Hi"}], "completion": [{"role": "assistant", "content": "Hello"}]}\n',
      fixed:
        '{"prompt": [{"role": "user", "content": "Hi"}], "completion": [{"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"contents": «[]»}\n{"contents": [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Hello"}]}]}\n',
      fixed:
        '{"contents": [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Hello"}]}]}\n',
    },
  ],
  good: [
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"instruction": "Say hi", "output": "Hi", "history": []}\n',
      note: "Without earlier turns, the history may be empty.",
    },
  ],
};
