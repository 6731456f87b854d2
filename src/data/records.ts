/**
 * The records of a dataset file, before anyone asks what they mean: JSON objects, CSV lines by their header, or the
 * documents of a text file. A record that cannot be read does not hide the others: it becomes a fault with its place.
 *
 * The file is cut into the same pieces as the linter's (`source/`), so that both speak of the same records.
 */
import { isJsonObject, kindOf, notJson } from "../json/object.ts";
import { scanJson } from "../json/scan.ts";
import { TunesmithError } from "../protocol/errors.ts";
import type { DataRecord } from "./formats/format.ts";
import {
  type Container,
  containerOf,
  type Extension,
  extensionOf,
  extensions,
  type Header,
} from "./source/container.ts";
import { decodeStrictly } from "./source/decode.ts";
import { countLines, type Piece, segmenterOf } from "./source/piece.ts";
import { cellsOf, headerOf } from "./source/table.ts";
import { valueIn } from "./source/value.ts";

export { extensions };

export interface FoundRecord {
  record: DataRecord;
  /** First line of the record in the file, from 1. */
  line: number;
  /** The split it belongs to, in a file that holds several. */
  split?: string;
}

/** A part of the file that is no record. */
export interface SkippedRecord {
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units, where one character is to blame. */
  column?: number;
  reason: string;
}

export interface FileRecords {
  records: FoundRecord[];
  skipped: SkippedRecord[];
}

/**
 * @param bytes the whole file
 * @param path its name, of which the ending says what it holds; errors name it
 * @throws `dataset-invalid` where the file as a whole cannot be read
 */
export function findRecords(bytes: Buffer, path: string): FileRecords {
  const { text } = decodeStrictly(bytes, path);
  const extension = extensionOf(path);
  if (!extension) {
    throw new TunesmithError(
      "dataset-format-unknown",
      `${path} has none of the endings ${extensions.join(", ")}`,
      "Convert the data to JSONL (one JSON object a line) or CSV.",
    );
  }
  const container = containerOf(extension, text, text.trimEnd().at(-1) ?? "");
  const reading = new Reading(text, path, container, extension);
  return reading.read();
}

class Reading {
  readonly #text: string;
  readonly #path: string;
  readonly #container: Container;
  readonly #extension: Extension;
  readonly #found: FileRecords = { records: [], skipped: [] };
  /** Arrays of a JSON file, by the segmenter's states. */
  readonly #arrays = new Set<string>();
  #header: Header | undefined;

  constructor(text: string, path: string, container: Container, extension: Extension) {
    this.#text = text;
    this.#path = path;
    this.#container = container;
    this.#extension = extension;
  }

  read(): FileRecords {
    const segmenter = segmenterOf(this.#container, this.#extension);
    let state = segmenter.begin(this.#text);
    let line = 1;
    for (let at = 0; at < this.#text.length; ) {
      const next = segmenter.next(this.#text, at, state, true)!;
      const { piece } = next;
      this.#take(piece, line, next.state);
      at += piece.text.length;
      line += countLines(piece.text);
      state = next.state;
      if (state.startsWith("[")) this.#arrays.add(state.split("\n")[0]!);
    }
    if (this.#container !== "array") return this.#found;
    // What stands beside the arrays of an object is passed over when elements are looked for.
    if (this.#text.trimStart().startsWith("{") && scanJson(this.#text)) throw this.#notJson();
    this.#settleSplits();
    return this.#found;
  }

  #take(piece: Piece, line: number, state: string): void {
    if (piece.kind === "header") this.#header = this.#headerIn(piece, state);
    else if (piece.fault) throw this.#broken(piece, line);
    else if (piece.kind === "record")
      this.#record(piece, line + countLines(piece.text.slice(0, piece.start)));
  }

  #headerIn(piece: Piece, delimiter: string): Header {
    if (piece.fault) throw this.#broken(piece, 1);
    const header = headerOf(piece.text.slice(piece.start, piece.end), delimiter);
    const twice = header.names.find((name, i) => name !== "" && header.names.indexOf(name) !== i);
    if (twice === undefined) return header;
    throw new TunesmithError(
      "dataset-invalid",
      `${this.#path} has two columns named "${twice}"`,
      "Give each column its own name in the first line.",
    );
  }

  #record(piece: Piece, line: number): void {
    const source = piece.text.slice(piece.start, piece.end);
    if (source.trim() === "" && this.#container !== "table") return;
    const value = valueIn(source, this.#container, this.#header)?.value;
    const spread = this.#container === "lines" ? countLines(source) : 0;
    if (spread > 0) {
      this.#found.skipped.push({
        line,
        reason: `a record must stand on one line; this one takes ${spread + 1}`,
      });
    } else if (isJsonObject(value)) {
      const { split } = piece;
      this.#found.records.push({ record: value, line, ...(split !== undefined && { split }) });
    } else if (value !== undefined) {
      this.#found.skipped.push({ line, reason: `a record must be an object, not ${kindOf(value)}` });
    } else if (this.#container === "table") {
      const cells = cellsOf(source, this.#header!.delimiter).length;
      const counted = `${cells} ${cells === 1 ? "field" : "fields"}`;
      this.#found.skipped.push({
        line,
        reason: `${counted} where the header has ${this.#header!.names.length}`,
      });
    } else if (this.#container === "array") {
      throw this.#notJson();
    } else {
      const fault = scanJson(source);
      const offset = piece.start + (fault?.offset ?? 0);
      this.#found.skipped.push({
        line,
        column: offset + 1,
        reason: `not valid JSON: ${fault?.message ?? ""}`,
      });
    }
  }

  /** An object with a single array holds no splits. One without any is no dataset. */
  #settleSplits(): void {
    if (this.#arrays.size > 1) return;
    for (const found of this.#found.records) delete found.split;
    if (this.#arrays.size > 0) return;
    if (scanJson(this.#text)) throw this.#notJson();
    throw this.#noArray();
  }

  #noArray(): TunesmithError {
    return new TunesmithError(
      "dataset-invalid",
      `${this.#path} holds no array of records`,
      'Write the records as an array, [{ … }, { … }], or as an object with one array per split, { "train": [ … ] }.',
    );
  }

  #broken(piece: Piece, line: number): TunesmithError {
    if (this.#container === "array") return this.#notJson();
    return new TunesmithError(
      "dataset-invalid",
      `${this.#path}: the record that begins at line ${line} cannot be read: ${piece.fault!.message}`,
      'Close the quoted field; a quote inside one is written twice ("").',
    );
  }

  #notJson(): TunesmithError {
    const fault = scanJson(this.#text);
    if (!fault) return this.#noArray();
    const hint = "Correct that place; if the file holds one object a line, name it .jsonl.";
    return notJson(this.#text, fault, this.#path, "dataset-invalid", hint);
  }
}
