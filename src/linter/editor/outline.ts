/** One entry for each row, under its split where the file holds several; folds where a row spans lines. */
import type { LintSymbol } from "../../contracts/lint.ts";
import type { Entry, LintDocument } from "../../data/lint/document.ts";
import { recordRange } from "../../data/lint/positions.ts";

/** An outline of more is of no use to anybody, and slow. */
const mostRows = 20_000;
const longestName = 60;

export function outlineOf(document: LintDocument): LintSymbol[] {
  const rows: { symbol: LintSymbol; split: string | undefined }[] = [];
  let row = 0;
  for (const entry of document.entries) {
    if (entry.piece.kind !== "record") continue;
    row++;
    if (row > mostRows) break;
    rows.push({ symbol: symbolOf(document, entry, row), split: entry.piece.split });
  }
  if (rows.every(({ split }) => split === undefined)) return rows.map(({ symbol }) => symbol);
  const splits = new Map<string, LintSymbol[]>();
  for (const { symbol, split = "" } of rows) {
    const list = splits.get(split);
    if (list) list.push(symbol);
    else splits.set(split, [symbol]);
  }
  return [...splits].map(([name, children]) => ({
    name,
    detail: "",
    range: { start: children[0]!.range.start, end: children.at(-1)!.range.end },
    children,
  }));
}

function symbolOf(document: LintDocument, entry: Entry, row: number): LintSymbol {
  const { texts } = document.view(entry).parts;
  const asked = texts.find(({ side }) => side === "user" || side === "text") ?? texts[0];
  const answer = texts.findLast(({ side }) => side === "assistant");
  return {
    name: `${row}: ${short(asked?.text ?? "") || "–"}`,
    detail: answer ? short(answer.text) : "",
    range: recordRange(document, entry),
    row,
  };
}

function short(text: string): string {
  const line = text
    .slice(0, 4 * longestName)
    .replace(/\s+/g, " ")
    .trim();
  return line.length > longestName ? `${line.slice(0, longestName - 1)}…` : line;
}

export function foldsOf(document: LintDocument): { start: number; end: number }[] {
  return document.entries.flatMap((entry) => {
    const { piece } = entry;
    if (piece.kind !== "record" || !piece.text.slice(piece.start, piece.end).includes("\n")) return [];
    const { start, end } = recordRange(document, entry);
    return [{ start: start.line, end: end.line }];
  });
}

/** Of a row by its number, from 1; the nearest where there are fewer. */
export function lineOfRow(document: LintDocument, row: number): { line: number; rows: number } {
  const records = document.entries.filter(({ piece }) => piece.kind === "record");
  const entry = records[Math.min(Math.max(row, 1), records.length) - 1];
  return { line: entry ? recordRange(document, entry).start.line : 0, rows: records.length };
}
