import {
  countOf,
  hasAssistant,
  isLearned,
  isOrderly,
  removalOf,
  spokenTurns,
} from "../detect/conversation.ts";
import type { Rule } from "./rule.ts";

export const lastNotAssistant: Rule = {
  id: "last-not-assistant",
  level: "conversation",
  on: "record",
  severity: "warning",
  targets: { "llama-factory": "error", "mlx-lm": "error", openai: "error", mistral: "error" },
  summary: "A conversation does not end with the assistant",
  rationale:
    "What stands after the last answer costs tokens and teaches nothing, and often an answer was lost. mlx-lm with a masked prompt learns the last message, whoever speaks; LLaMA-Factory skips the row; OpenAI and mistral-finetune refuse it; Axolotl calls it a dataset design issue.",
  source:
    "mistral-common's validator for fine-tuning; `datasets.py` in mlx-lm; `converter.py` in LLaMA-Factory; Axolotl's chat template strategy.",
  check({ parts }, _context, report) {
    if (isOrderly(parts)) return;
    for (const conversation of parts.conversations) {
      if (!isLearned(conversation)) continue;
      const turns = spokenTurns(conversation);
      const last = turns?.at(-1);
      // Without any answer, nothing can be dropped: that is another rule's.
      if (!turns || !last || last.side === "assistant" || !hasAssistant(turns)) continue;
      const after = turns.slice(turns.findLastIndex(({ side }) => side === "assistant") + 1);
      report({
        at: last.role?.at ?? last.at,
        message: `the conversation ends with a ${last.side} turn, which no answer follows`,
        fixes: () => [
          {
            title: `Remove the ${after.length === 1 ? "last turn" : `last ${countOf(after.length, "turn")}`}`,
            edits: removalOf(after),
          },
        ],
      });
    }
  },
  bad: [
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": «"user"», "content": "Bye"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}, {"from": "human", "value": "What?"}, {"from": «"human"», "value": "Bye"}]}\n',
      fixed: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}, {"role": «"tool"», "tool_call_id": "a", "content": "12:00"}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}]}\n',
      target: "openai",
    },
    {
      text: '{"prompt": [{"role": "user", "content": "Hi"}], "completion": [{"role": "assistant", "content": "Hello"}, {"role": «"user"», "content": "Bye"}]}\n',
      fixed:
        '{"prompt": [{"role": "user", "content": "Hi"}], "completion": [{"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"contents": [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Hello"}]}, {"role": «"user"», "parts": [{"text": "Bye"}]}]}\n',
      fixed:
        '{"contents": [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Hello"}]}]}\n',
    },
  ],
  good: [
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}]}\n',
      note: "The model learns to call.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}]}\n',
      note: "Without an answer, that is what is wrong.",
    },
    {
      text: '{"prompt": [{"role": "user", "content": "Hi"}], "completion": [{"role": "assistant", "content": "Hello"}]}\n',
    },
  ],
};
