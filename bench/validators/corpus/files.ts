/** How a file of the corpus is made: sound rows, one of them written differently, the fault between « and ». */
import { rowsOf } from "./rows.ts";

export type Level = "syntax" | "schema" | "conversation" | "content" | "tokens" | "set";
/** How the rows are laid out: which peers can read the file at all. */
export type Kind = keyof typeof rowsOf | "csv" | "labels-csv";

/** A stretch of a line, in UTF-16 units; lines count from 1, characters from 0. */
export interface Span {
  line: number;
  start: number;
  end: number;
}

export interface CorpusFile {
  id: string;
  kind: Kind;
  name: string;
  content: string | Uint8Array;
  /** Other files of the same data, by name. */
  beside: Readonly<Record<string, string>>;
}

export interface SoundFile extends CorpusFile {
  /** In words. */
  what: string;
}

export interface BrokenFile extends CorpusFile {
  level: Level;
  /** In words. */
  defect: string;
  /** The sound files that it is compared with: what is said of one of them, too, is not about the defect. */
  controls: readonly string[];
  /** Lines of the wrong record, or of all that are wrong together; none where the file as a whole is. */
  lines: readonly number[];
  /** The characters at fault; none where that is the whole record or file. */
  spans: readonly Span[];
}

/** In most files the seventh row is wrong: not the first, which some loaders take for all the others. */
export const wrongLine = 7;

interface Options {
  id: string;
  level: Level;
  defect: string;
  kind: Kind;
  /** Default: the sound file of its kind. */
  control?: string;
  name?: string;
  beside?: Record<string, string>;
  /** Default: those with marks, or the seventh. */
  lines?: readonly number[];
}

/** Row by row; a text is taken as it is, with its marks. */
export function jsonLines(rows: readonly unknown[]): string {
  return `${rows.map((row) => (typeof row === "string" ? row : JSON.stringify(row))).join("\n")}\n`;
}

/** The sound rows of a format with some lines (from 1) replaced. */
export function withRows(kind: keyof typeof rowsOf, replaced: Readonly<Record<number, unknown>>): unknown[] {
  return rowsOf[kind]().map((row, i) => replaced[i + 1] ?? row);
}

/** A JSONL file whose seventh row is another. */
export function wrongRow(row: unknown, options: Options & { kind: keyof typeof rowsOf }): BrokenFile {
  return brokenFile(jsonLines(withRows(options.kind, { [wrongLine]: row })), options);
}

export function brokenFile(marked: string, options: Options): BrokenFile {
  const { content, spans } = unmarked(marked);
  const { control = options.kind, name = "train.jsonl", beside = {}, ...rest } = options;
  // Not all answers end alike in a sound file, either.
  const controls = options.kind === "completion" ? [control, "completion-about-code"] : [control];
  const lines = options.lines ?? (spans.length > 0 ? spans.map(({ line }) => line) : [wrongLine]);
  return { ...rest, controls, name, beside, content, spans, lines: [...new Set(lines)] };
}

export function soundFile(
  id: string,
  kind: Kind,
  what: string,
  content: string,
  { name = "train.jsonl", beside = {} }: { name?: string; beside?: Record<string, string> } = {},
): SoundFile {
  return { id, kind, what, name, content, beside };
}

/** A mark that spans lines ends with its first. */
export function unmarked(marked: string): { content: string; spans: Span[] } {
  const spans: Span[] = [];
  const lines = marked.split("\n").map((text, i) => {
    let rest = text;
    for (let start = rest.indexOf("«"); start !== -1; start = rest.indexOf("«")) {
      const without = rest.slice(0, start) + rest.slice(start + 1);
      const end = without.indexOf("»", start);
      rest = end === -1 ? without : without.slice(0, end) + without.slice(end + 1);
      spans.push({ line: i + 1, start, end: end === -1 ? without.length : end });
    }
    return rest.replaceAll("»", "");
  });
  return { content: lines.join("\n"), spans };
}

/** A cell is quoted only where it must be. */
export function csv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${rows.map((row) => row.map(cell).join(",")).join("\n")}\n`;
}
