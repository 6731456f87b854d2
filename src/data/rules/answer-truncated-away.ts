import { leaveOutFirstTurns } from "../detect/early-turns.ts";
import { chatml } from "../lint/example-models.ts";
import type { Rule } from "./rule.ts";

export const answerTruncatedAway: Rule = {
  id: "answer-truncated-away",
  level: "tokens",
  on: "tokens",
  severity: "error",
  summary: "The prompt alone fills a run's examples, and nothing of the answer is learned",
  rationale:
    "What is asked takes `maxLength` tokens or more, so the cut leaves no token to learn. Such a row teaches nothing; where all rows of a batch are like this, trainers show a loss of 0 or NaN and blame something else. Tunesmith leaves it out of training.",
  source:
    "TRL #3927 and pull request #6320 (silently dropped); unsloth #11321, where 17,000 characters met 2,048 tokens.",
  check(view, _context, report) {
    const { read, model, row } = view;
    if (view.examples[0]?.status !== "answer-cut-away" || !read || row.kind === "text") return;
    const answer = row.messages.findIndex(({ role, weight }) => role === "assistant" && weight !== 0);
    const begins = read.trained.indexOf(1);
    report({
      ...view.placeInMessage(answer, 0),
      message: `the first learned token is number ${begins + 1} of the row, behind maxLength ${model.maxLength}: nothing of it is learned`,
      fixes: () => leaveOutFirstTurns(view),
    });
  },
  bad: [
    {
      text: '{"prompt": "Name three.", "completion": "«One, two, three.»"}\n',
      model: { ...chatml, maxLength: 12 },
    },
    {
      text: '{"messages": [{"role": "user", "content": "Name three."}, {"role": "assistant", "content": "One, two, three.", "weight": 0}, {"role": "user", "content": "More"}, {"role": "assistant", "content": "«Four»"}]}\n',
      model: { ...chatml, maxLength: 32 },
      fixed:
        '{"messages": [{"role": "user", "content": "More"}, {"role": "assistant", "content": "Four"}]}\n',
    },
  ],
  good: [
    { text: '{"prompt": "Name three.", "completion": "One, two, three."}\n', model: chatml },
    {
      text: '{"prompt": "Name three.", "completion": "One, two, three."}\n',
      model: { ...chatml, maxLength: 22 },
      note: "Some of it is learned.",
    },
  ],
};
