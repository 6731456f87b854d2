import { knownColumns } from "../detect/columns.ts";
import type { FileRule } from "./rule.ts";

export const csvHeaderCase: FileRule = {
  id: "csv-header-case",
  level: "syntax",
  on: "file",
  severity: "error",
  targets: { tunesmith: "warning" },
  summary: "The name of a column is written in capital letters",
  rationale:
    'Names are compared letter by letter: a trainer that looks for "text" does not find "Text". Records of JSON have the rule `key-case`.',
  source: "openai-python `_validators.py` (necessary_column, which writes them in lower case).",
  check({ header, format }, _context, report) {
    if (!header || format?.mapping) return;
    const { names, cells } = header;
    for (const [i, name] of names.entries()) {
      const lower = name.toLowerCase();
      if (lower === name || !knownColumns.has(lower) || names.includes(lower)) continue;
      const { start, end } = cells[i]!;
      report({
        source: [start, end],
        message: `the column "${name}" is not found by trainers, which look for "${lower}"`,
        fixes: () => [
          {
            title: `Rename "${name}" to "${lower}"`,
            edits: [
              { kind: "source", span: [start, end], text: header.source.slice(start, end).toLowerCase() },
            ],
          },
        ],
      });
    }
  },
  bad: [
    {
      name: "train.csv",
      text: '«Text»,«"LABEL"»,ID\na,b,1\n',
      fixed: 'text,"label",ID\na,b,1\n',
    },
    {
      name: "train.csv",
      text: "«Prompt»;«Completion»\na;b\n",
      fixed: "prompt;completion\na;b\n",
    },
  ],
  good: [
    { name: "train.csv", text: "text,label\na,b\n" },
    { name: "train.csv", text: "Frage,Antwort\na,b\n" },
    { name: "train.csv", text: "Text,text,label\na,b,c\n" },
    { name: "train.csv", text: "Text,Label\na,b\n", columns: { input: "Text", output: "Label" } },
    { text: '{"Prompt": "a", "Completion": "b"}\n', note: "See `key-case`." },
  ],
};
