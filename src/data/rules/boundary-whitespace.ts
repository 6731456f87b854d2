import { boundaryBlanks } from "../lint/boundary-blanks.ts";
import { chatml } from "../lint/example-models.ts";
import type { Rule } from "./rule.ts";

const glued = {
  name: "a template that ends its prompt in what was asked",
  template:
    "{% for message in messages %}{{ message.content }}{% if message.role == 'assistant' %}{{ '<|im_end|>' }}{% endif %}{% endfor %}",
  tokenizer: "chatml",
} as const;

export const boundaryWhitespace: Rule = {
  id: "boundary-whitespace",
  level: "tokens",
  on: "tokens",
  severity: "warning",
  summary: "A blank where the answer begins makes other tokens of it",
  rationale:
    "Most tokenizers make one token of a blank and the word after it. A blank at the end of what is asked is then torn from the answer's first token when the model is used; one at the beginning of the answer is learned with it, so that answers begin with a blank. It is told only where this model's tokens are really others.",
  source:
    "Axolotl's warning about whitespace at the boundary between masked and trained text; OpenAI's legacy data tool.",
  check(view, _context, report) {
    const { read, trimmed, row } = view;
    if (!read || !trimmed || row.kind === "text") return;
    const { ids } = read.encoded;
    const others = trimmed.encoded.ids;
    if (ids.length === others.length && ids.every((id, i) => id === others[i])) return;
    const isMended = !read.promptIsPrefix && trimmed.promptIsPrefix;
    for (const blank of boundaryBlanks(row)) {
      const content = view.contents.find(({ message }) => message === blank.message);
      if (!content) continue;
      const { text } = read;
      const isKept =
        blank.side === "answer"
          ? text.slice(0, content.start).endsWith(blank.text)
          : text.startsWith(blank.text, content.end);
      // Behind a question it matters only where the answer follows at once.
      if (!isKept || (blank.side === "prompt" && !isMended)) continue;
      report({
        ...view.placeInMessage(blank.message, blank.start, blank.end),
        severity: isMended ? "warning" : "info",
        message:
          blank.side === "prompt"
            ? "what is asked ends in a blank, which is part of the answer's first token in training and not in use"
            : isMended
              ? "the answer begins with a blank, and its first token reaches back into the prompt"
              : "the answer begins with a blank, which the model learns to write",
        fixes: () => [
          {
            title: "Remove the blank",
            // More than one may be indentation.
            safe: blank.text === " ",
            edits: [
              {
                kind: "text",
                text: "",
                ...(view.placeInMessage(blank.message, blank.start, blank.end) as {
                  at: readonly string[];
                  span: readonly [number, number];
                }),
              },
            ],
          },
        ],
      });
    }
  },
  bad: [
    {
      text: '{"prompt": "over« »", "completion": "the end"}\n',
      model: glued,
      fixed: '{"prompt": "over", "completion": "the end"}\n',
    },
    {
      text: '{"prompt": "Hi", "completion": "« »the end"}\n',
      model: chatml,
      fixed: '{"prompt": "Hi", "completion": "the end"}\n',
    },
  ],
  good: [
    {
      text: '{"prompt": "Hi ", "completion": "Hello"}\n',
      model: chatml,
      note: "The end of the turn stands between them.",
    },
    { text: '{"prompt": "Hi", "completion": " the end"}\n', note: "This tokenizer leaves blanks out." },
    {
      text: '{"prompt": "Hi ", "completion": " the end"}\n',
      model: {
        ...chatml,
        name: "a template that trims",
        template: chatml.template!.replace("message.content", "(message.content | trim)"),
      },
    },
  ],
};
