import { mayBeMerged, mergedExample } from "../detect/merged.ts";
import type { Rule } from "./rule.ts";

export const mergedExamples: Rule = {
  id: "merged-examples",
  level: "content",
  on: "record",
  severity: "warning",
  summary: "Another example begins inside an answer",
  rationale:
    "A script that made the data did not cut its model's output where it should have. The model learns to go on after its answer and to ask itself the next question.",
  source: 'AlpacaDataCleaned ("18. Instruction:" inside outputs).',
  check({ parts }, _context, report) {
    for (const { at, text, side, rejected } of parts.texts) {
      if (side !== "assistant" || rejected || !mayBeMerged(text)) continue;
      const asked = parts.texts.filter((other) => other.side !== "assistant").map((other) => other.text);
      const found = mergedExample(text, asked.join("\n"));
      if (!found) continue;
      const cut = text.slice(0, found[0]).trimEnd().length;
      report({
        at,
        span: found,
        message: `another example begins here: "${text
          .slice(...found)
          .trim()
          .split("\n")[0]!
          .slice(0, 40)}"`,
        fixes: () =>
          cut === 0
            ? []
            : [
                {
                  title: "Cut the answer here",
                  edits: [{ kind: "text", at, span: [cut, text.length], text: "" }],
                },
              ],
      });
    }
  },
  bad: [
    {
      text: '{"instruction": "Name a colour.", "output": "Red\\n\\n«## 18. Instruction:»\\nName a fruit."}\n',
      fixed: '{"instruction": "Name a colour.", "output": "Red"}\n',
    },
    {
      text: '{"prompt": "Name a colour.", "completion": "Red\\n\\n«Human: And a fruit?\\nAssistant:» Pear"}\n',
      fixed: '{"prompt": "Name a colour.", "completion": "Red"}\n',
    },
  ],
  good: [
    {
      text: '{"prompt": "Write a dialogue.", "completion": "A dialogue\\nHuman: Hi\\nAssistant: Hello"}\n',
    },
    { text: '{"prompt": "What is next?", "completion": "Human: Hi\\nAI: Hello\\nHuman: Bye\\nAI: Bye"}\n' },
    {
      text: '{"prompt": "How do I build it?", "completion": "1. Read the instruction: it is short.\\n2. Begin."}\n',
    },
    { text: '{"prompt": "Make a FAQ", "completion": "Here you are\\nQ: Is it free?\\nA: Yes"}\n' },
  ],
};
