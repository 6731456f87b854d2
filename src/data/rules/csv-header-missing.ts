import { knownColumns, looksLikeValue } from "../detect/columns.ts";
import type { Header } from "../source/container.ts";
import type { FileRule, Fix } from "./rule.ts";

export const csvHeaderMissing: FileRule = {
  id: "csv-header-missing",
  level: "syntax",
  on: "file",
  severity: "warning",
  summary: "The first line looks like a row, and no line names the columns",
  rationale:
    "Every reader takes the first line of a table for the names of its columns: without them, the first row is lost, and the columns are called by its texts.",
  source:
    "openai-python `_validators.py` (necessary_column); [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180) on header lines.",
  check({ header, format }, _context, report) {
    // Whoever has said which columns to use knows them.
    if (!header || format?.mapping) return;
    const { names, source } = header;
    if (names.length < 2 || names.some((name) => knownColumns.has(name.toLowerCase()))) return;
    const value = names.find(looksLikeValue);
    if (value === undefined) return;
    const shown = value.length > 40 ? `${value.slice(0, 40)}…` : value;
    report({
      source: [0, source.length],
      message: `the first line names the columns, and "${shown}" looks like a value: is the header missing?`,
      fixes: () => fixesOf(header),
    });
  },
  bad: [
    {
      name: "train.csv",
      text: '«I have not got my card yet. Where is it?,card_arrival»\n"What is, please, the rate?",exchange_rate\n',
      fixed:
        'text,label\nI have not got my card yet. Where is it?,card_arrival\n"What is, please, the rate?",exchange_rate\n',
    },
    {
      name: "train.csv",
      text: "«What is the capital of France?;It is Paris.»\r\nAnd of Italy?;That is Rome.\r\n",
      fixed:
        "prompt;completion\r\nWhat is the capital of France?;It is Paris.\r\nAnd of Italy?;That is Rome.\r\n",
    },
  ],
  good: [
    { name: "train.csv", text: "text,label\nWhere is it?,card_arrival\n" },
    { name: "train.csv", text: "Customer complaint,Department in charge\nWhere is it?,cards\n" },
    { name: "train.csv", text: ",text,0\n1,a,b\n", note: "One name is known: the others are names, too." },
    {
      name: "train.csv",
      text: "What does the customer ask?,Which department is in charge?\na,b\n",
      columns: { input: "What does the customer ask?", output: "Which department is in charge?" },
      note: "The recipe names these columns.",
    },
  ],
};

/** Only for two columns is it plain what they are. */
function fixesOf({ names, delimiter }: Header): Fix[] {
  if (names.length !== 2) return [];
  const isLabel = !looksLikeValue(names[1]!);
  const line = (isLabel ? ["text", "label"] : ["prompt", "completion"]).join(delimiter);
  return [
    {
      title: `Insert the header ${line.replace("\t", " ⇥ ")}`,
      rewrite: (text) => line + (text.includes("\r\n") ? "\r\n" : "\n") + text,
    },
  ];
}
