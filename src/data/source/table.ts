/**
 * CSV and TSV (RFC 4180, with a header line). A piece is a record with its line end; a quoted cell may span lines. A
 * quote inside a cell that does not begin with one is an ordinary character, as spreadsheets take it.
 *
 * The state is "" before the header, then the delimiter.
 */
import type { Header } from "./container.ts";
import type { Piece, Segmenter } from "./piece.ts";

/** A cell longer than this counts as a quote that somebody forgot to close. */
const longestCell = 1024 * 1024;

export interface Cell {
  /** Of the cell in the record, with its quotes. */
  start: number;
  end: number;
  /** What it says: quotes taken off, line ends as \n. */
  text: string;
}

export function tableSegmenter(fixed: string | undefined): Segmenter {
  return {
    begin: () => "",
    next(text, at, state, isEnd) {
      // A line of tabs is a row of empty cells where tabs divide them.
      const blank = (state || fixed) === "\t" ? / *(?:\r\n|\n|\r)/y : /[ \t]*(?:\r\n|\n|\r)/y;
      blank.lastIndex = at;
      if (blank.test(text)) {
        const line = text.slice(at, blank.lastIndex);
        // A line feed that is put behind a lone carriage return becomes part of the line end.
        const reach = line.endsWith("\r") ? 1 : 0;
        if (reach === 1 && blank.lastIndex >= text.length && !isEnd) return undefined;
        return {
          piece: { kind: "gap", text: line, start: 0, end: line.replace(/[\r\n]+$/, "").length, reach },
          state,
        };
      }
      const delimiter = state || (fixed ?? delimiterOf(text, at));
      const found = recordEnd(text, at, delimiter);
      if (!isEnd && (found.end >= text.length || found.seen >= text.length)) return undefined;
      const lineEnd = text.startsWith("\r\n", found.end) ? 2 : found.end < text.length ? 1 : 0;
      if (lineEnd === 1 && text[found.end] === "\r" && found.end + 1 >= text.length && !isEnd)
        return undefined;
      const whole = text.slice(at, found.end + lineEnd);
      const piece: Piece = {
        kind: state === "" ? "header" : "record",
        text: whole,
        start: 0,
        end: whole.length - lineEnd,
        reach: Math.max(whole.endsWith("\r") ? 1 : 0, found.seen - (found.end + lineEnd)),
        ...(found.unclosed !== undefined && {
          fault: { offset: found.unclosed - at, message: "this quoted field is not closed" },
        }),
      };
      return { piece, state: delimiter };
    },
  };
}

/** The header of a piece. */
export function headerOf(source: string, delimiter: string): Header {
  const cells = cellsOf(source, delimiter);
  return { source, cells, names: cells.map(({ text }) => text.trim()), delimiter };
}

/** The cells of one record. */
export function cellsOf(source: string, delimiter: string): Cell[] {
  const cells: Cell[] = [];
  for (let at = 0; ; ) {
    const quoted = source[at] === '"';
    const end = cellEnd(source, at, delimiter);
    const written = source.slice(at, end);
    const text = quoted ? unquoted(written) : written;
    cells.push({ start: at, end, text: text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text });
    if (source[end] !== delimiter) return cells;
    at = end + 1;
  }
}

/** A cell as RFC 4180 writes it: in quotes where it must be, or where it was before. */
export function writtenCell(text: string, delimiter: string, quoted = false): string {
  const needs = quoted || text.includes(delimiter) || /["\r\n]/.test(text) || text.trim() !== text;
  return needs ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The text of a cell in quotes. Where more follows the closing quote, both quotes are the text's, as csv-parse has it. */
function unquoted(written: string): string {
  const close = closingQuote(written, 0);
  if (close < 0) return written.slice(1).replaceAll('""', '"');
  const inside = written.slice(1, close).replaceAll('""', '"');
  return close === written.length - 1 ? inside : `"${inside}${written.slice(close)}`;
}

/** Behind the cell that begins at `at`: at its delimiter, its line end or the text's end. */
function cellEnd(source: string, at: number, delimiter: string): number {
  let from = at;
  if (source[at] === '"') {
    const close = closingQuote(source, at);
    if (close < 0) return source.length;
    from = close + 1;
  }
  let end = from;
  while (end < source.length && source[end] !== delimiter && source[end] !== "\n" && source[end] !== "\r")
    end++;
  return end;
}

/** The quote that closes the cell which opens at `open`; -1 where there is none. */
export function closingQuote(source: string, open: number): number {
  for (let quote = source.indexOf('"', open + 1); quote >= 0; quote = source.indexOf('"', quote + 2)) {
    if (source[quote + 1] !== '"') return quote;
  }
  return -1;
}

/** Where the record that begins at `at` ends: at its line end, or the text's. `unclosed` is a quote without an end. */
function recordEnd(
  text: string,
  at: number,
  delimiter: string,
): { end: number; seen: number; unclosed?: number } {
  for (let from = at; ; ) {
    const end = cellEnd(text, from, delimiter);
    const isOpen = text[from] === '"' && (closingQuote(text, from) < 0 || end - from > longestCell);
    if (isOpen) {
      const lineEnd = from + text.slice(from).search(/[\r\n]|$/);
      return { end: lineEnd, seen: Math.min(text.length, from + longestCell), unclosed: from };
    }
    if (text[end] !== delimiter) return { end, seen: end };
    from = end + 1;
  }
}

/** The delimiter that splits the header line into most fields. */
function delimiterOf(text: string, at: number): string {
  const line = /[^\r\n]*/y;
  line.lastIndex = at;
  const header = line.exec(text)![0].replace(/"[^"]*"/g, "");
  const count = (delimiter: string) => header.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
}
