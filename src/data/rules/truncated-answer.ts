import { type Truncation, truncationOf } from "../detect/truncation.ts";
import type { Path } from "../parts.ts";
import type { Fix, Rule } from "./rule.ts";

export const truncatedAnswer: Rule = {
  id: "truncated-answer",
  level: "content",
  on: "record",
  severity: "warning",
  summary: "An answer stops in the middle",
  rationale:
    "Answers that a model or an export has cut off teach to stop in the middle, or to leave code and JSON open, which programs then cannot read. Only what cannot be meant is reported: many good answers end without a full stop.",
  source: "Missing code in AlpacaDataCleaned; answers cut at a generator's token limit.",
  check({ parts }, _context, report) {
    for (const { at, text, side, rejected } of parts.texts) {
      if (side !== "assistant" || rejected) continue;
      const found = truncationOf(text);
      if (!found) continue;
      report({
        at,
        span: found.at,
        message: messages[found.what],
        fixes: () => (found.what === "fence" ? [closed(at, text, found.at[0])] : []),
      });
    }
  },
  bad: [
    {
      text: '{"prompt": "Print 1", "completion": "So:\\n«```python»\\nprint(1)"}\n',
      fixed: '{"prompt": "Print 1", "completion": "So:\\n```python\\nprint(1)\\n```"}\n',
    },
    { text: '{"prompt": "Who is it?", "completion": "{\\"name\\": \\"Ann\\", \\"age\\":«7»"}\n' },
    { text: '{"prompt": "Who is it?", "completion": "[{\\"name\\": \\"An«n»"}\n' },
    {
      text: '{"prompt": "How do tides work?", "completion": "The moon pulls on the sea. Where it stands above the water, the water rises, and on «the»"}\n',
    },
    {
      text: '{"prompt": "Which batteries?", "completion": "Three of size AA. You will find them in the drawer below the counter, next to the «and»"}\n',
    },
    {
      text: '{"prompt": "How do tides work?", "completion": "The moon pulls on the sea. Where it stands above the water, the level rises by up to some metres«,»"}\n',
    },
    {
      text: '{"prompt": "Sort a list in Go", "completion": "You can use the sort package. Here is the code«:»"}\n',
    },
  ],
  good: [
    { text: '{"text": "I lost my card", "label": "lost_or_stolen_card"}\n' },
    { text: '{"prompt": "Print 1", "completion": "```python\\nprint(1)\\n```"}\n' },
    {
      text: '{"prompt": "Show a fence", "completion": "````markdown\\n```python\\nprint(1)\\n```\\n````"}\n',
    },
    {
      text: '{"prompt": "Show a README", "completion": "```markdown\\n# Use\\n```sh\\nnpm i\\n```\\n```"}\n',
      note: "A fence in a fence of the same length is no good Markdown, but it is closed.",
    },
    { text: '{"prompt": "Sources?", "completion": "[1] Smith and others (2020), The sea and the"}\n' },
    { text: '{"prompt": "Where is it from?", "completion": "{name} is from where you are from"}\n' },
    {
      text: '{"prompt": "End my letter", "completion": "It was a pleasure to meet you in May. I hope to see you again soon.\\n\\nBest regards,"}\n',
    },
    {
      text: '{"prompt": "List three", "completion": "- the first of the three things that I can think of\\n- the second\\n- and"}\n',
    },
    { text: '{"prompt": "a", "chosen": "b", "rejected": "```python\\nprint(1)"}\n' },
  ],
};

const messages: Record<Truncation["what"], string> = {
  fence: "this code block is never closed",
  json: "the answer begins as JSON and ends before it is complete",
  sentence: "the answer stops in the middle of a sentence",
  promise: "the answer ends where it says that something follows",
};

function closed(at: Path, text: string, fence: number): Fix {
  const marks = /^[`~]+/.exec(text.slice(fence))![0];
  const put = text.endsWith("\n") ? marks : `\n${marks}`;
  return {
    title: "Close the code block",
    edits: [{ kind: "text", at, span: [text.length, text.length], text: put }],
  };
}
