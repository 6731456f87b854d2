/** Finds the characters of a record that a path means: in its JSON text, or among its cells. */
import { type Node, parseTree } from "jsonc-parser";
import type { Path } from "../parts.ts";
import type { Container, Header } from "./container.ts";
import { cellsOf, closingQuote } from "./table.ts";

/** A stretch of the record's source, in UTF-16 units. */
export interface Stretch {
  start: number;
  end: number;
}

export interface Wanted {
  at?: Path | undefined;
  on?: "key" | "value" | undefined;
  span?: readonly [start: number, end: number] | undefined;
  source?: readonly [start: number, end: number] | undefined;
}

/**
 * Where in `source` something stands. What is not there is looked for in what should hold it: a message without a
 * role is marked whole.
 */
export function locate(
  source: string,
  container: Container,
  header: Header | undefined,
  { at = [], on = "value", span, source: written }: Wanted,
): Stretch {
  if (written) return { start: written[0], end: written[1] };
  if (container === "table") return locateCell(source, header, at, span);
  if (container === "documents") return { start: span?.[0] ?? 0, end: span?.[1] ?? source.length };
  const root = treeOf(source);
  const node = root && nearestNode(root, at);
  if (!node) return { start: 0, end: source.length };
  const isThere = node.path.length === at.length;
  if (isThere && on === "key" && node.found.parent?.type === "property") {
    return stretchOf(node.found.parent.children![0]!);
  }
  const stretch = stretchOf(node.found);
  if (!span || !isThere || node.found.type !== "string") return stretch;
  const place = placesInString(source.slice(stretch.start, stretch.end));
  return { start: stretch.start + place(span[0]), end: stretch.start + place(span[1]) };
}

/** A record with a hundred problems is looked into a hundred times: its tree is kept until another one's is asked for. */
export function treeOf(source: string): Node | undefined {
  if (last.source !== source) last = { source, root: parseTree(source) };
  return last.root;
}

let last: { source: string; root: Node | undefined } = { source: "", root: undefined };

function stretchOf({ offset, length }: Node): Stretch {
  return { start: offset, end: offset + length };
}

function nearestNode(root: Node, at: Path): { found: Node; path: Path } | undefined {
  for (let length = at.length; length >= 0; length--) {
    const path = at.slice(0, length);
    const found = nodeAt(root, path);
    if (found) return { found, path };
  }
  return undefined;
}

/** The value at a path; of members with the same name the last, which is the one that `JSON.parse` takes. */
export function nodeAt(root: Node, path: Path): Node | undefined {
  return path.reduce<Node | undefined>((node, step) => {
    if (typeof step === "number") return node?.type === "array" ? node.children![step] : undefined;
    const members = node?.type === "object" ? node.children! : [];
    const member = members.findLast(({ children }) => children![0]!.value === step);
    return member?.children?.[1];
  }, root);
}

/**
 * Maps offsets in a JSON string's text to offsets in the string as it is written, from its opening quote on. An
 * offset between the two units of a character that is written as one is that of the character.
 */
export function placesInString(written: string): (offset: number) => number {
  if (!written.includes("\\")) return (offset) => Math.min(offset + 1, written.length - 1);
  const starts: number[] = [];
  for (let i = 1; i < written.length - 1; ) {
    starts.push(i);
    i += written[i] !== "\\" ? 1 : written[i + 1] === "u" ? 6 : 2;
  }
  starts.push(written.length - 1);
  return (offset) => starts[Math.min(offset, starts.length - 1)]!;
}

function locateCell(
  source: string,
  header: Header | undefined,
  at: Path,
  span: readonly [number, number] | undefined,
): Stretch {
  const index = header?.names.indexOf(String(at[0])) ?? -1;
  const cell = at.length === 0 ? undefined : cellsOf(source, header!.delimiter)[index];
  if (!cell) return { start: 0, end: source.length };
  if (!span) return { start: cell.start, end: cell.end };
  const place = placesInCell(source.slice(cell.start, cell.end));
  return { start: cell.start + place(span[0]), end: cell.start + place(span[1]) };
}

/** As `placesInString`, for a cell. */
export function placesInCell(written: string): (offset: number) => number {
  const close = written[0] === '"' ? closingQuote(written, 0) : -1;
  const isQuoted = written[0] === '"' && (close < 0 || close === written.length - 1);
  const end = isQuoted && close >= 0 ? close : written.length;
  const starts: number[] = [];
  for (let i = isQuoted ? 1 : 0; i < end; ) {
    starts.push(i);
    // Quotes that do not enclose the whole cell are the text's, and so are those behind them.
    const isInside = written[0] === '"' && i > 0 && (close < 0 || i < close);
    i += (isInside && written.startsWith('""', i)) || written.startsWith("\r\n", i) ? 2 : 1;
  }
  return (offset) => starts[offset] ?? end;
}
