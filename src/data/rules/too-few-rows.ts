import type { Rule } from "./rule.ts";

export const tooFewRows: Rule = {
  id: "too-few-rows",
  level: "set",
  on: "set",
  severity: "warning",
  summary: "The training data has too few rows to learn from",
  rationale:
    "A few rows are learned by heart, not understood: the loss falls to nothing and the model says them back. Some dozens of good rows can teach a manner of speaking, some hundreds a task. OpenAI refuses files of fewer than 10 rows. Files that are for validation or testing are let be.",
  source: "OpenAI's fine-tuning guide: at least 10 examples, improvements from 50 to 100 on.",
  options: {
    rows: { default: 50, minimum: 1, description: "With fewer rows than this it is a problem." },
    refused: { default: 10, minimum: 1, description: "Fewer rows than this OpenAI refuses: an error there." },
  },
  index({ target, options: { rows: fewest, refused } }) {
    return {
      add() {},
      remove() {},
      report({ count, part }, report) {
        if (count >= fewest! || (part ?? "train") !== "train") return;
        const rows = `${count === 0 ? "no" : count} ${count === 1 ? "row" : "rows"}`;
        if (target === "openai" && count < refused!) {
          report({ severity: "error", message: `${rows}: OpenAI asks for at least ${refused}` });
        } else {
          report({ message: `${rows}: a model learns so few by heart, and nothing from them` });
        }
      },
    };
  },
  bad: [
    { text: '«»{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n' },
    {
      text: '«»{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
      target: "openai",
    },
  ],
  good: [
    {
      text: '{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n',
      options: { rows: 2 },
    },
    { name: "test.jsonl", text: '{"prompt": "a", "completion": "b"}\n' },
  ],
};
