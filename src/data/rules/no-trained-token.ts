import { chatml } from "../lint/example-models.ts";
import type { Rule } from "./rule.ts";

export const noTrainedToken: Rule = {
  id: "no-trained-token",
  level: "tokens",
  on: "tokens",
  severity: "error",
  summary: "There is an answer, but the model's template leaves no token of it to learn",
  rationale:
    "A template says which tokens the model itself would write, in some with `{% generation %}`. Where it marks none, or writes nothing of what is said, all of the row is context, and Tunesmith leaves it out of training. (That no one answers, or that all weights are 0, is told by other rules.)",
  source:
    "`return_assistant_tokens_mask` in transformers; Axolotl's and unsloth's all-masked rows (unsloth #1128, #2364).",
  check(view, _context, report) {
    const { row, examples } = view;
    if (examples.length === 0 || examples.some(({ status }) => status !== "nothing-trained")) return;
    if (row.kind === "text") {
      report({
        ...view.placeInMessage(0, 0),
        message: "the text is a single token, which nothing precedes: there is nothing to learn",
      });
      return;
    }
    const answer = row.messages.findLastIndex(({ role, weight }) => role === "assistant" && weight !== 0);
    if (answer < 0) return;
    report({
      ...view.placeInMessage(answer, 0),
      message: `the chat template of ${view.model.name} writes nothing of this answer as the model's own: nothing of the row is learned`,
    });
  },
  bad: [
    {
      text: '{"prompt": "Hi", "completion": "«Hello»"}\n',
      model: {
        name: "marks that are empty",
        template:
          "{% for message in messages %}{{ message.role + ': ' + message.content }}{% generation %}{% endgeneration %}{{ '.\\n' }}{% endfor %}",
        tokenizer: "chatml",
      },
    },
  ],
  good: [
    { text: '{"prompt": "Hi", "completion": "Hello"}\n', model: chatml },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "weight": 0}]}\n',
      model: chatml,
      note: "That nothing is to be learned is told by `no-trained-message`.",
    },
  ],
};
