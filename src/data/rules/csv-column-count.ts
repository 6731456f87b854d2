import type { Header } from "../source/container.ts";
import { type Cell, cellsOf, writtenCell } from "../source/table.ts";
import { type Fix, type Rule, removeRow } from "./rule.ts";

export const csvColumnCount: Rule = {
  id: "csv-column-count",
  level: "syntax",
  on: "record",
  severity: "error",
  summary: "A row has more or fewer fields than the header",
  rationale:
    "Mostly a comma in a text that should stand in quotes. Loaders stop there, or shift the rest of the row into columns that it does not belong to. Tunesmith leaves such a row out of training.",
  source:
    "pandas' `ParserError: Expected 2 fields in line 3, saw 3`; Rainbow CSV's CSVLint; Together's `files check`; [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180).",
  check({ kind, container, value, source, fault }, { file: { header } }, report) {
    if (container !== "table" || kind === "gap" || value !== undefined || !header || fault) return;
    const cells = cellsOf(source, header.delimiter);
    const wanted = header.names.length;
    const surplus = cells[wanted];
    const counted = `${cells.length} ${cells.length === 1 ? "field" : "fields"} where the header has ${wanted}`;
    report({
      message: surplus ? `${counted}: does a text with a ${inWords(header)} lack its quotes?` : counted,
      ...(surplus && { source: [surplus.start - 1, source.length] }),
      fixes: () => [...(surplus ? fixesOf(source, cells, header) : []), removeRow],
    });
  },
  bad: [
    {
      name: "train.csv",
      text: "text,label\nhello,greeting\nmy card is lost, please help«,lost»\n",
      fixed: 'text,label\nhello,greeting\n"my card is lost, please help",lost\n',
    },
    {
      name: "train.csv",
      text: 'prompt;completion;id\n"a; b";he said "yes"; and no«; then yes;7;8»\n',
      fixed: "prompt;completion;id\n",
      note: "Where the quotes belong nobody can tell: only removing the row is left.",
    },
    {
      name: "train.csv",
      text: "text,label\na,b«,,»\nc,d\n",
      fixed: "text,label\na,b\nc,d\n",
      note: "Empty fields at the end, as spreadsheets leave them.",
    },
    {
      name: "train.tsv",
      text: "text\tlabel\na\tb\n«c»\n",
      fixed: "text\tlabel\na\tb\n",
    },
  ],
  good: [
    { name: "train.csv", text: 'text,label\n"a, b",c\n\n5" pipe,d\n' },
    { name: "train.csv", text: "text;label\na, b;c\n" },
  ],
};

function inWords({ delimiter }: Header): string {
  return delimiter === "," ? "comma" : delimiter === ";" ? "semicolon" : "tab";
}

function fixesOf(source: string, cells: readonly Cell[], header: Header): Fix[] {
  const wanted = header.names.length;
  if (cells.slice(wanted).every(({ text }) => text === "")) {
    const end = cells[wanted - 1]!.end;
    const title = "Remove the empty fields at the end";
    return [{ title, safe: true, edits: [{ kind: "source", span: [end, source.length], text: "" }] }];
  }
  const from = proseAt(cells, cells.length - wanted);
  if (from === undefined) return [];
  const { start } = cells[from]!;
  const { end } = cells[from + cells.length - wanted]!;
  const text = writtenCell(source.slice(start, end), header.delimiter);
  return [{ title: "Put the text in quotes", edits: [{ kind: "source", span: [start, end], text }] }];
}

/**
 * Where a text begins that was split at its own commas: these are followed by a blank, as people write, and those
 * between fields are not. Undefined where that does not settle it.
 */
function proseAt(cells: readonly Cell[], surplus: number): number | undefined {
  const isContinued = cells.map(({ text }) => text.startsWith(" "));
  const first = isContinued.indexOf(true);
  if (first < 1 || isContinued.filter(Boolean).length !== surplus) return undefined;
  const isOneRun = isContinued.slice(first, first + surplus).every(Boolean);
  return isOneRun ? first - 1 : undefined;
}
