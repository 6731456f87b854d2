import { chatml, qwen } from "../lint/example-models.ts";
import type { Rule } from "./rule.ts";

export const historyRewritten: Rule = {
  id: "history-rewritten",
  level: "tokens",
  on: "tokens",
  severity: "info",
  summary: "Only the last answer is learned, because the template rewrites earlier ones",
  rationale:
    "Templates of thinking models drop the thoughts of earlier answers. Those answers do not stand in the row as the model would write them, so Tunesmith learns the last one only. To learn the others as well, make a row of each: the conversation up to it.",
  source:
    "The chat templates of Qwen3 and DeepSeek-R1; TRL's notes on training with `{% generation %}` templates.",
  check(view, _context, report) {
    const { read, row } = view;
    if (!read?.historyRewritten || row.kind === "text") return;
    const learned = row.messages.flatMap(({ role, weight }, i) =>
      role === "assistant" && weight !== 0 ? [i] : [],
    );
    if (learned.length < 2) return;
    report({
      ...view.placeOfMessage(learned[0]!),
      message: `of ${learned.length} answers only the last is learned: the chat template of ${view.model.name} writes earlier ones otherwise`,
    });
  },
  bad: [
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": «"assistant"», "content": "<think>\\nhm\\n</think>\\n\\nHello"}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "<think>\\nhm\\n</think>\\n\\nSo long"}]}\n',
      model: qwen,
    },
  ],
  good: [
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "So long"}]}\n',
      model: chatml,
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "<think>\\nhm\\n</think>\\n\\nHello"}]}\n',
      model: qwen,
    },
  ],
};
