/** Files that cannot be read as what they are called. */
import { type BrokenFile, brokenFile, csv, jsonLines, withRows, wrongRow } from "./files.ts";
import { message, questions, rowsOf } from "./rows.ts";

const [question, answer] = questions[6]!;
const row = { messages: [message("user", question), message("assistant", answer)] };
const text = JSON.stringify(row);
const completionRows = questions.map(([q, a]) => [q, a] as const);
const csvLines = csv([["prompt", "completion"], ...completionRows]).split("\n");
const csvWith = (line: number, text: string) =>
  csvLines.map((old, i) => (i === line - 1 ? text : old)).join("\n");

/** The sound rows around the seventh. */
const before = jsonLines(rowsOf.chat().slice(0, 6));
const after = jsonLines(rowsOf.chat().slice(7));

export const syntax: readonly BrokenFile[] = [
  wrongRow(`${text.slice(0, -2)}«,»]}`, {
    id: "trailing-comma",
    level: "syntax",
    defect: "A comma before a closing bracket",
    kind: "chat",
  }),
  wrongRow(
    `{«'»messages': [{'role': 'user', 'content': '${question}'}, {'role': 'assistant', 'content': '${answer}'}]}`,
    { id: "single-quotes", level: "syntax", defect: "A row printed by Python: single quotes", kind: "chat" },
  ),
  wrongRow(`{"prompt": "${question}", "completion": "${answer}", "rating": «NaN»}`, {
    id: "not-a-number",
    level: "syntax",
    defect: "`NaN` as a value",
    kind: "completion",
  }),
  wrongRow(`{"prompt": "${question}", "completion": "Three of size «A"»A". They are not in the box."}`, {
    id: "quote-in-text",
    level: "syntax",
    defect: "A quote inside a text that is not escaped",
    kind: "completion",
  }),
  brokenFile(
    `${before}{"messages": [{"role": "user", "content": "«${question}\n»Thanks"}, ${JSON.stringify(message("assistant", answer))}]}\n${after}`,
    {
      id: "line-break-in-text",
      level: "syntax",
      defect: "A text with a real line break in it",
      kind: "chat",
      lines: [7, 8],
    },
  ),
  brokenFile(
    `${jsonLines(rowsOf.chat().slice(0, 23))}{"messages": [{"role": "user", "content": «"Are the mugs sa»`,
    {
      id: "cut-off-file",
      level: "syntax",
      defect: "The file stops in the middle of its last row",
      kind: "chat",
    },
  ),
  brokenFile(`${before}«»\n${after}`, {
    id: "blank-line",
    level: "syntax",
    defect: "A blank line between rows",
    kind: "chat",
  }),
  brokenFile(`${before}${JSON.stringify(row, null, 2)}\n${after}`, {
    id: "row-over-lines",
    level: "syntax",
    defect: "A row written over several lines",
    kind: "chat",
    lines: JSON.stringify(row, null, 2)
      .split("\n")
      .map((_, i) => 7 + i),
  }),
  brokenFile(`${before}${text}«${JSON.stringify(rowsOf.chat()[7])}»\n${jsonLines(rowsOf.chat().slice(8))}`, {
    id: "two-rows-on-a-line",
    level: "syntax",
    defect: "Two rows on one line",
    kind: "chat",
  }),
  brokenFile(`${JSON.stringify(rowsOf.chat(), null, 1)}\n`, {
    id: "array-named-jsonl",
    level: "syntax",
    defect: "A JSON array in a file called `.jsonl`",
    kind: "chat",
    lines: [],
  }),
  wrongRow(`[${JSON.stringify(question)}, ${JSON.stringify(answer)}]`, {
    id: "row-is-a-list",
    level: "syntax",
    defect: "A row that is a list",
    kind: "completion",
  }),
  wrongRow(`{"prompt": "${question}", "completion": "${answer}", «"completion"»: "Two of size AAA."}`, {
    id: "key-twice",
    level: "syntax",
    defect: "The same key twice in a row",
    kind: "completion",
  }),
  {
    ...brokenFile(
      jsonLines(
        withRows("completion", {
          7: `{"prompt": "${question}", "completion": "Caf«é» size, not in the box."}`,
        }),
      ),
      { id: "not-utf-8", level: "syntax", defect: "A letter in Latin-1 in a UTF-8 file", kind: "completion" },
    ),
    content: latin1(
      jsonLines(
        withRows("completion", { 7: { prompt: question, completion: "Café size, not in the box." } }),
      ),
    ),
  },
  brokenFile(`«»\uFEFF${jsonLines(rowsOf.completion())}`, {
    id: "byte-order-mark",
    level: "syntax",
    defect: "A byte order mark before the first row",
    kind: "completion",
    lines: [1],
  }),
  wrongRow(
    { prompt: question, completion: "Three of size AA. They don«\uFFFD\uFFFD»t come in the box." },
    {
      id: "lost-characters",
      level: "syntax",
      defect: "Replacement characters: text that was decoded wrongly",
      kind: "completion",
    },
  ),
  brokenFile(csvWith(8, `${question},Three of size AA«, and none in the box.»`), {
    id: "csv-extra-cell",
    level: "syntax",
    defect: "CSV: a comma that is not quoted makes one cell too many",
    kind: "csv",
    name: "train.csv",
  }),
  brokenFile(csvWith(8, `${question},«"»Three of size AA. They are not in the box.`), {
    id: "csv-open-quote",
    level: "syntax",
    defect: "CSV: a quote that is never closed",
    kind: "csv",
    name: "train.csv",
  }),
  brokenFile(csvLines.slice(1).join("\n"), {
    id: "csv-no-header",
    level: "syntax",
    defect: "CSV: the header is missing",
    kind: "csv",
    name: "train.csv",
    lines: [1],
  }),
];

function latin1(text: string): Uint8Array {
  // The other rows' letters stay UTF-8: only this one came from elsewhere.
  const [head, tail] = text.split("é size") as [string, string];
  const bytes = new TextEncoder();
  return new Uint8Array([...bytes.encode(head), 0xe9, ...bytes.encode(` size${tail}`)]);
}
