import { chatml, withoutEnd } from "../lint/example-models.ts";
import type { Rule } from "./rule.ts";

export const noEosAfterAnswer: Rule = {
  id: "no-eos-after-answer",
  level: "tokens",
  on: "tokens",
  severity: "error",
  summary: "No token that ends an answer is learned behind it",
  rationale:
    "A model stops because it has learned to write an end token. Where the template writes none behind an answer, or the tokenizer takes it apart because it is not among its control tokens, the model learns to go on: with the next turn of the user, or without end. After a last answer without one, Tunesmith appends the model's own.",
  source:
    "stanford_alpaca #126, TRL #1623, unsloth #416, LLaMA-Factory #2884; Axolotl's check of EOT tokens in the template.",
  check(view, _context, report) {
    const { read, row } = view;
    if (!read || row.kind === "text" || view.examples[0]?.status !== "ok") return;
    if (!read.answers.some(({ learned, ended }) => learned && !ended)) return;
    const turns = row.messages.flatMap(({ role }, i) => (role === "assistant" ? [i] : []));
    const { answers } = read;
    for (const [i, answer] of answers.entries()) {
      if (!answer.learned || answer.ended) continue;
      const isLast = i === answers.length - 1;
      if (isLast && (read.end >= 0 || read.encoded.ids.length > view.model.maxLength)) continue;
      const message = answers.length === turns.length ? turns[i]! : turns.at(-1)!;
      report({
        ...view.placeInMessage(message, Number.POSITIVE_INFINITY),
        message: `no end token follows this answer in the chat template of ${view.model.name}: the model learns to go on writing`,
      });
    }
  },
  bad: [
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello«»"}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "So long"}]}\n',
      model: withoutEnd,
      note: "Behind the last answer the model's end token is appended.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello«»"}, {"role": "user", "content": "Bye"}]}\n',
      model: withoutEnd,
    },
  ],
  good: [
    { text: '{"prompt": "Hi", "completion": "Hello"}\n', model: withoutEnd },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "So long"}]}\n',
      model: chatml,
    },
    { text: '{"text": "Hello"}\n', model: withoutEnd },
  ],
};
