import type { Header } from "../source/container.ts";
import { type Cell, cellsOf, writtenCell } from "../source/table.ts";
import type { Fix, Rule } from "./rule.ts";

export const csvQuotes: Rule = {
  id: "csv-quotes",
  level: "syntax",
  on: "record",
  severity: "error",
  summary: "The quotes of a field do not match",
  rationale:
    'A field that begins with a quote ends with one, and a quote inside is written twice (`""`). Where the end is missing, the field swallows the rows behind it, up to the next quote in the file; where more text follows the end, readers take it differently.',
  source:
    "[RFC 4180](https://www.rfc-editor.org/rfc/rfc4180); Rainbow CSV's CSVLint, which checks quotes and field counts.",
  check({ kind, container, source, fault }, { file: { header } }, report) {
    if (container !== "table" || kind === "gap" || !header || !source.includes('"')) return;
    if (fault) {
      report({
        message: "this quote is not closed: the field swallows all rows behind it",
        source: [fault.offset, fault.offset + 1],
        fixes: () => closed(source, fault.offset, header),
      });
      return;
    }
    for (const cell of cellsOf(source, header.delimiter)) {
      const close = closeOf(source, cell);
      if (close === undefined) continue;
      const lines = source.slice(cell.start, close).split("\n").length - 1;
      if (lines > 0) {
        report({
          message: `this quote is closed ${lines === 1 ? "a line" : `${lines} lines`} below, in the middle of a text: is its own end missing?`,
          source: [cell.start, cell.start + 1],
        });
      } else {
        report({
          severity: "warning",
          message: "text follows the closing quote of this field: quotes inside a field are written twice",
          source: [close, cell.end],
          fixes: () => [doubled(source, cell)],
        });
      }
    }
  },
  bad: [
    {
      name: "train.csv",
      text: 'text,label\n«"»where is my card,lost\na,b\n',
      fixed: 'text,label\n"where is my card",lost\na,b\n',
    },
    {
      name: "train.csv",
      text: 'text,label\na,«"»b\n',
      fixed: 'text,label\na,"b"\n',
    },
    {
      name: "train.csv",
      text: 'text,label\n"he said "«yes" twice"»,b\n"Yes"« he said»,c\n',
      fixed: 'text,label\n"he said ""yes"" twice",b\n"""Yes"" he said",c\n',
    },
    {
      name: "train.csv",
      text: 'text,label\n«"»where is it,lost\nc,d\n"e, f",g\n',
      note: "The first row has swallowed the two behind it.",
    },
  ],
  good: [
    { name: "train.csv", text: 'text,label\n"a ""b"", c",d\n5" pipe,"e\nf"\n' },
    { name: "train.csv", text: 'text,label\n"""a""",""\n' },
  ],
};

/** The end of a field's quotes, where more of the field follows it. */
function closeOf(source: string, { start, end }: Cell): number | undefined {
  if (source[start] !== '"') return undefined;
  for (let at = source.indexOf('"', start + 1); at >= 0; at = source.indexOf('"', at + 2)) {
    if (source[at + 1] !== '"') return at + 1 < end ? at + 1 : undefined;
  }
  return undefined;
}

/** The field as it was meant: between its first quote and its last one, if that ends it, all quotes are the text's. */
function doubled(source: string, { start, end }: Cell): Fix {
  const written = source.slice(start, end);
  const text = written.endsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written;
  return {
    title: "Write the quotes inside the field twice",
    edits: [{ kind: "source", span: [start, end], text: `"${text.replaceAll('"', '""')}"` }],
  };
}

/** Closed where the row then has as many fields as the header. */
function closed(source: string, open: number, { delimiter, names }: Header): Fix[] {
  const before = cellsOf(source.slice(0, open), delimiter).length - 1;
  const parts = source.slice(open + 1).split(delimiter);
  const own = parts.length - (names.length - before - 1);
  if (own < 1) return [];
  const text = parts.slice(0, own).join(delimiter);
  return [
    {
      title: "Close the quotes at the end of the field",
      edits: [
        { kind: "source", span: [open, open + 1 + text.length], text: writtenCell(text, delimiter, true) },
      ],
    },
  ];
}
