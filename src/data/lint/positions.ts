/** From lines and characters to records and offsets, and back. All from 0, in UTF-16 units. */
import { positionAt } from "../source/piece.ts";
import type { Entry, LintDocument, Position, Range } from "./document.ts";

/** The entry that a position lies in. Several may stand on one line. */
export function entryAt(document: LintDocument, { line, character }: Position): Entry | undefined {
  const { entries } = document;
  if (entries.length === 0) return undefined;
  document.lineOf(entries[0]!.id);
  let [low, high] = [0, entries.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const entry = entries[middle]!;
    if (entry.line < line || (entry.line === line && entry.column <= character)) low = middle;
    else high = middle - 1;
  }
  return entries[low];
}

/** The last record that begins on a line or before, or the next one after it; undefined behind the last. */
export function recordNear(document: LintDocument, line: number): Entry | undefined {
  const at = entryAt(document, { line, character: Number.POSITIVE_INFINITY });
  if (!at) return undefined;
  return document.entries.slice(at.rank).find(({ piece }) => piece.kind === "record");
}

/** An offset into an entry's text, of a position in the file. */
export function offsetIn(entry: Entry, { line, character }: Position): number {
  const { text } = entry.piece;
  let start = 0;
  for (let at = entry.line; at < line; at++) {
    const newline = text.indexOf("\n", start);
    if (newline < 0) return text.length;
    start = newline + 1;
  }
  const column = line === entry.line ? entry.column : 0;
  return Math.min(text.length, start + Math.max(0, character - column));
}

/** The position of an offset into an entry's text. */
export function positionIn(entry: Entry, offset: number): Position {
  return positionAt(entry.piece.text, offset, entry);
}

/** The whole record of an entry. */
export function recordRange(document: LintDocument, entry: Entry): Range {
  document.lineOf(entry.id);
  const { start, end } = entry.piece;
  return { start: positionIn(entry, start), end: positionIn(entry, end) };
}

/** Positions of offsets into the whole text; ascending ones in one pass. */
export function positionsOf(document: LintDocument, offsets: readonly number[]): Position[] {
  const { entries } = document;
  const order = offsets.map((_, i) => i).sort((a, b) => offsets[a]! - offsets[b]!);
  const found = new Array<Position>(offsets.length);
  if (entries.length === 0) return found.fill({ line: 0, character: 0 });
  document.lineOf(entries[0]!.id);
  let rank = 0;
  let start = 0;
  for (const i of order) {
    const offset = offsets[i]!;
    while (rank < entries.length - 1 && start + entries[rank]!.piece.text.length <= offset) {
      start += entries[rank]!.piece.text.length;
      rank++;
    }
    found[i] = positionIn(entries[rank]!, offset - start);
  }
  return found;
}
