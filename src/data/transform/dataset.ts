/** A dataset file taken apart for being changed as a whole: its pieces as they are written, and what each says. */
import { basename } from "node:path";
import { TunesmithError } from "../../protocol/errors.ts";
import type { Row } from "../../text/conversation.ts";
import type { ColumnMapping } from "../formats/columns.ts";
import { type DataRecord, FieldError, type Format } from "../formats/format.ts";
import { FormatEvidence, type Scores } from "../lint/evidence.ts";
import { View } from "../lint/view.ts";
import {
  type Container,
  containerOf,
  type Extension,
  extensionOf,
  extensions,
  type Header,
} from "../source/container.ts";
import { countLines, type Piece, segmenterOf } from "../source/piece.ts";
import { headerOf } from "../source/table.ts";

/** A record, or what should be one. */
export interface Item {
  piece: Piece;
  /** Index of the piece among all. */
  at: number;
  /** First line, from 1. */
  line: number;
  /** As it is written. */
  source: string;
  /** Absent where it is no object. */
  record?: DataRecord;
  /** The format that it is in: its file's, or the one that knows it. */
  format?: Format;
  /** What is learned from it; absent where nothing can be. */
  row?: Row;
  /** Why there is no row. */
  fault?: string;
}

export interface DatasetText {
  /** Without folder. */
  name: string;
  text: string;
  extension: Extension;
  container: Container;
  header?: Header;
  /** Undefined where no format knows most records. */
  format: Format | undefined;
  confidence: number;
  pieces: readonly Piece[];
  items: readonly Item[];
  /** The segmenter's state before the first piece: how the documents of a plain text are told apart. */
  way: string;
  lineEnd: "\n" | "\r\n";
  openedWith: OpenOptions;
}

export interface OpenOptions {
  format?: string | undefined;
  columns?: ColumnMapping | undefined;
}

/**
 * @param text without a byte order mark
 * @param path its name, of which the ending says what it holds
 * @throws `dataset-format-unknown` for an ending that no dataset has; `dataset-empty`
 */
export function openDataset(text: string, path: string, options: OpenOptions = {}): DatasetText {
  const name = basename(path);
  const extension = extensionOf(name);
  if (!extension) {
    throw new TunesmithError(
      "dataset-format-unknown",
      `${name} has none of the endings ${extensions.join(", ")}`,
      "Name the file by what it holds.",
    );
  }
  const { container, way, pieces, headers } = cut(text, extension);
  const items: Item[] = [];
  const evidence = new FormatEvidence(options.format, options.columns);
  const scores: (Scores | undefined)[] = [];
  const views: View[] = [];
  const [header] = headers;
  let line = 1;
  for (const [at, piece] of pieces.entries()) {
    if (piece.kind === "record") {
      const view = new View(piece, container, header);
      const before = countLines(piece.text.slice(0, piece.start));
      const item: Item = { piece, at, line: line + before, source: view.source };
      if (view.record) item.record = view.record;
      const known = view.record && evidence.scores(view.record);
      if (known) evidence.add(known);
      items.push(item);
      views.push(view);
      scores.push(known);
    }
    line += countLines(piece.text);
  }
  if (items.length === 0) {
    throw new TunesmithError("dataset-empty", `${name} holds no records`, "Add at least one example.");
  }
  const { format } = evidence;
  for (const [i, item] of items.entries()) {
    const own = scores[i] && evidence.formatFor(scores[i], format);
    if (own) item.format = own;
    read(item, views[i]!);
  }
  return {
    name,
    text,
    extension,
    container,
    ...(header && { header }),
    format,
    confidence: evidence.evidence.find((each) => each.format === format)?.score ?? 0,
    pieces,
    items,
    way,
    lineEnd: text.includes("\r\n") ? "\r\n" : "\n",
    openedWith: options,
  };
}

function cut(
  text: string,
  extension: Extension,
): Pick<DatasetText, "container" | "way" | "pieces"> & { headers: Header[] } {
  const container = containerOf(extension, text, text.trimEnd().at(-1) ?? "");
  const segmenter = segmenterOf(container, extension);
  const way = segmenter.begin(text);
  const pieces: Piece[] = [];
  const headers: Header[] = [];
  let state = way;
  for (let at = 0; at < text.length; ) {
    const { piece, state: next } = segmenter.next(text, at, state, true)!;
    if (piece.kind === "header") headers.push(headerOf(piece.text.slice(piece.start, piece.end), next));
    pieces.push(piece);
    at += piece.text.length;
    state = next;
  }
  return { container, way, pieces, headers };
}

function read(item: Item, view: View): void {
  view.format = item.format;
  const { row } = view;
  if (row && !(row instanceof FieldError)) item.row = row;
  else item.fault = row?.message ?? unreadable(view);
}

function unreadable(view: View): string {
  if (view.record) return "it is in no known format";
  if (view.fault) return `it cannot be read: ${view.fault.message}`;
  return view.container === "table"
    ? "it has another number of fields than the header"
    : "a record must be an object";
}

/** The format of the file. @throws `dataset-format-unknown` */
export function formatOf({ format, name, items }: DatasetText): Format {
  if (format) return format;
  const columns = [...new Set(items.flatMap(({ record }) => Object.keys(record ?? {})))].slice(0, 20);
  throw new TunesmithError(
    "dataset-format-unknown",
    `${name}: the records are in no known format. Keys found: ${columns.map((key) => `"${key}"`).join(", ")}`,
    "Say which columns are question and answer in a recipe or tunesmith.lint.json beside the file, or rename them to prompt and completion.",
  );
}

/** The splits that a file holds, in order; empty for a file that is one list. */
export function splitsIn({ items }: DatasetText): string[] {
  const names = items.flatMap(({ piece: { split } }) => (split === undefined ? [] : [split]));
  const distinct = [...new Set(names)];
  return distinct.length > 1 ? distinct : [];
}

/** Sees to it that a text holds what it should. @throws `dataset-invalid` where it reads otherwise */
export function requireItems(text: string, like: DatasetText, wanted: readonly Item[]): void {
  if (wanted.length === 0) return;
  const sources = cut(text, like.extension)
    .pieces.filter(({ kind }) => kind === "record")
    .map((piece) => piece.text.slice(piece.start, piece.end));
  const isSame =
    sources.length === wanted.length && sources.every((source, i) => source === wanted[i]!.source);
  if (isSame) return;
  throw new TunesmithError(
    "dataset-invalid",
    `the records of ${like.name} cannot be put into another order or number: they would be told apart differently`,
    "Mend the records that cannot be read first (`tunesmith lint`), or separate texts by lines of <|endoftext|>.",
  );
}
