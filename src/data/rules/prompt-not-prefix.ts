import { chatml, deepseek } from "../lint/example-models.ts";
import type { Rule } from "./rule.ts";

export const promptNotPrefix: Rule = {
  id: "prompt-not-prefix",
  level: "tokens",
  on: "tokens",
  severity: "warning",
  summary: "The row does not begin with the tokens that the model is given when it is used",
  rationale:
    "In use, the model goes on from the tokens of the prompt. Where those of the whole row are others (a thought that the prompt opens and the finished turn drops, a token that reaches from the prompt into the answer), it is trained in a place where it never stands.",
  source: 'TRL\'s "Mismatch between tokenized prompt and the start of tokenized prompt+completion" warning.',
  check(view, _context, report) {
    const { read, row } = view;
    if (!read || row.kind === "text" || read.promptIsPrefix || view.examples[0]?.status !== "ok") return;
    if (read.answers.length === 0 || !read.answers.at(-1)!.learned) return;
    // Blanks that are to blame are another rule's, which can mend them.
    if (view.trimmed?.promptIsPrefix) return;
    const answer = row.messages.findLastIndex(({ role }) => role === "assistant");
    report({
      ...view.placeInMessage(answer, 0),
      message: reason(read.prompt, read.text, view.model.name),
    });
  },
  bad: [
    { text: '{"prompt": "Hi", "completion": "«Hello»"}\n', model: deepseek },
    {
      text: '{"prompt": "over th", "completion": "«e end»"}\n',
      model: {
        name: "turns with nothing between them",
        template: "{% for message in messages %}{{ message.content }}{% endfor %}",
        tokenizer: "chatml",
      },
    },
  ],
  good: [
    { text: '{"prompt": "Hi", "completion": "Hello"}\n', model: chatml },
    { text: '{"prompt": "Hi", "completion": "Hello"}\n' },
  ],
};

function reason(prompt: string | undefined, text: string, model: string): string {
  if (prompt === undefined)
    return `the chat template of ${model} writes no prompt for this answer: it cannot be asked for`;
  if (text.startsWith(prompt))
    return "the first token of this answer reaches back into the prompt: in use, the answer begins with another one";
  let same = 0;
  while (prompt[same] === text[same]) same++;
  const ending = prompt.slice(same).trim().slice(0, 40);
  return `in use, the prompt ends in ${JSON.stringify(ending)}, which the row does not have before this answer`;
}
