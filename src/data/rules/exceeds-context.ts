import { leaveOutFirstTurns } from "../detect/early-turns.ts";
import { chatml } from "../lint/example-models.ts";
import type { Rule } from "./rule.ts";

export const exceedsContext: Rule = {
  id: "exceeds-context",
  level: "tokens",
  on: "tokens",
  severity: "warning",
  summary: "The row has more tokens than a run takes, and loses its end",
  rationale:
    "A conversation is cut at `maxLength` tokens. What is lost is the end, which is the answer's: the model learns to stop in the middle of it, or never sees the token that ends it. A plain text loses nothing; it becomes several examples.",
  source:
    "Truncation to `max_length` in TRL, to `cutoff_len` in LLaMA-Factory; Axolotl's `excess_length_strategy`; unsloth #11321.",
  check(view, _context, report) {
    const { cut, tokens, model, read } = view;
    const [example] = view.examples;
    if (cut === undefined || !read || example?.status !== "ok") return;
    // The last that is cut may be no more than what the template writes behind an answer.
    if (read.trained.lastIndexOf(1) < model.maxLength) return;
    const over = tokens - model.maxLength;
    const end = read.end >= model.maxLength ? ", and the token that ends the answer with it" : "";
    report({
      ...view.placeFrom(cut),
      message: `the row has ${tokens} tokens, ${over} more than maxLength ${model.maxLength}: from here on it is cut away${end}`,
      fixes: () => leaveOutFirstTurns(view),
    });
  },
  bad: [
    {
      text: '{"prompt": "Name three.", "completion": "One, two«, three.»"}\n',
      model: { ...chatml, maxLength: 28 },
    },
    {
      text: '{"messages": [{"role": "user", "content": "Name three."}, {"role": "assistant", "content": "One, two, three."}, {"role": "user", "content": "More"}, {"role": "assistant", "content": "Four, five.« Six, seven.»"}]}\n',
      model: { ...chatml, maxLength: 60 },
      fixed:
        '{"messages": [{"role": "user", "content": "More"}, {"role": "assistant", "content": "Four, five. Six, seven."}]}\n',
    },
  ],
  good: [
    { text: '{"prompt": "Name three.", "completion": "One, two, three."}\n', model: chatml },
    {
      text: '{"prompt": "Name three.", "completion": "One, two, three."}\n',
      model: { ...chatml, maxLength: 36 },
      note: "Only the line end behind the answer is cut.",
    },
    {
      text: '{"text": "One, two, three, four, five, six, seven."}\n',
      model: { ...chatml, maxLength: 8 },
      note: "A plain text becomes several examples.",
    },
  ],
};
