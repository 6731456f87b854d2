import { hasAssistant, isLearned, isOrderly, listedTurns, spokenTurns } from "../detect/conversation.ts";
import { type Rule, removeRow } from "./rule.ts";

export const noAssistant: Rule = {
  id: "no-assistant",
  level: "conversation",
  on: "record",
  severity: "error",
  summary: "A conversation has no turn of the assistant",
  rationale:
    "Only what the assistant says is learned, so there is nothing to learn here. Tunesmith leaves such a row out; others stop, or train on nothing.",
  source: "OpenAI's data preparation notebook (example_missing_assistant_message); Together's `files check`.",
  check({ parts }, _context, report) {
    if (isOrderly(parts)) return;
    for (const conversation of parts.conversations) {
      if (!isLearned(conversation) || hasAssistant(conversation.turns)) continue;
      // A role that is misspelled may be the assistant's; a list without turns is another rule's.
      if (listedTurns(conversation).length === 0 || !spokenTurns(conversation)) continue;
      report({
        at: conversation.list!,
        message: "no turn is the assistant's: there is nothing to learn",
        fixes: () => [removeRow],
      });
    }
  },
  bad: [
    {
      text: '{"messages": «[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]»}\n{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n{"conversations": «[{"from": "human", "value": "Hey"}, {"from": "human", "value": "Hi"}]»}\n',
      fixed: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
    },
    {
      text: '{"prompt": [{"role": "user", "content": "Hi"}], "completion": «[{"role": "user", "content": "Hello"}]»}\n{"prompt": [{"role": "user", "content": "Hi"}], "completion": [{"role": "assistant", "content": "Hello"}]}\n',
      fixed:
        '{"prompt": [{"role": "user", "content": "Hi"}], "completion": [{"role": "assistant", "content": "Hello"}]}\n',
    },
  ],
  good: [
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "asistant", "content": "Hello"}]}\n',
      note: "It is misspelled, which another rule says.",
    },
    {
      text: '{"contents": [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Hello"}]}]}\n',
    },
    { text: '{"text": "Once upon a time", "id": 7}\n' },
  ],
};
