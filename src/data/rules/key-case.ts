import { schemaFindings } from "../schemas/check.ts";
import type { Rule } from "./rule.ts";

export const keyCase: Rule = {
  id: "key-case",
  level: "schema",
  on: "record",
  severity: "error",
  summary: "A key is written in capital letters",
  rationale: 'Keys are compared letter by letter: a trainer that looks for "prompt" does not find "Prompt".',
  source: "openai-python `_validators.py` (necessary_column, which writes them in lower case).",
  check(view, context, report) {
    // Keys of a table stand in its header: see `csv-header-case`.
    if (view.container === "table") return;
    for (const { at, key, to } of schemaFindings(view, context).cased) {
      report({
        at: [...at, key],
        on: "key",
        message: `"${key}" is not found by trainers, which look for "${to}"`,
        fixes: () => [
          {
            title: `Rename "${key}" to "${to}"`,
            safe: true,
            edits: [{ kind: "rename", at: [...at, key], key: to }],
          },
        ],
      });
    }
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": "b"}\n{«"Prompt"»: "c", "completion": "d"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n',
    },
    {
      text: '{«"Prompt"»: "a", «"Completion"»: "b"}\n{«"Prompt"»: "c", «"Completion"»: "d"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n',
      note: "All records of the file.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {«"Role"»: "assistant", «"Content"»: "b"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
    },
  ],
  good: [
    { text: '{"Frage": "a", "Antwort": "b"}\n', note: "Two columns of other names." },
    {
      text: '{"prompt": "a", "completion": "b", "ID": 3, "Prompt": "c"}\n',
      note: "A key of that name is there already.",
    },
    { text: '{"userInput": {"text": "a"}}\n' },
  ],
};
