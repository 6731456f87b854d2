/** How a dataset file holds its records, and what is known of the file as a whole. */
import { isJson } from "../../json/object.ts";
import type { Format } from "../formats/format.ts";
import type { Origin } from "./decode.ts";
import type { Cell } from "./table.ts";

/**
 * - `lines`: one JSON object a line (JSON Lines, https://jsonlines.org)
 * - `array`: one JSON value: an array of records, or an object with an array for each split
 * - `table`: CSV or TSV with a header (RFC 4180)
 * - `documents`: plain text
 */
export const containers = ["lines", "array", "table", "documents"] as const;
export type Container = (typeof containers)[number];

export const extensions = [".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt"] as const;
export type Extension = (typeof extensions)[number];

export interface FileFacts extends Origin {
  /** Without its folder. */
  name: string;
  container: Container;
  /** Of a table. */
  header?: Header;
  /** Records that are objects, and others. */
  records: number;
  unreadable: number;
  /** How the formats take the records, the best first. */
  evidence: readonly Evidence[];
  /** The one that is taken: the best of them, or the one that was settled. */
  format: Format | undefined;
  /** 0 to 1: the mean over all records. */
  confidence: number;
  /** The keys of its records, in order of appearance. */
  columns: readonly string[];
  /** The first record's id, if there is one. */
  first: number | undefined;
  /** Of a file with bytes that could not be read: the first record that has a character for them. */
  broken?: number;
}

export interface Evidence {
  format: Format;
  /** Mean of `recognise` over the records. */
  score: number;
  /** Records that it knows at all. */
  known: number;
}

export interface Header {
  /** As it is written, without the line end. */
  source: string;
  cells: readonly Cell[];
  /** Trimmed. */
  names: readonly string[];
  delimiter: string;
}

export function extensionOf(path: string): Extension | undefined {
  const lower = path.toLowerCase();
  return extensions.find((ending) => lower.endsWith(ending));
}

/**
 * What a file is, by its ending, where its text does not show otherwise: some tools write an array into a .jsonl file,
 * and lines into a .json file.
 *
 * @param head the text's beginning, its first line at least
 * @param last the text's last character that is no blank
 */
export function containerOf(extension: Extension, head: string, last: string): Container {
  switch (extension) {
    case ".jsonl":
    case ".ndjson":
      return /^\s*\[/.test(head) && last === "]" && !isJson(firstLine(head)) ? "array" : "lines";
    case ".json":
      return holdsLines(head) ? "lines" : "array";
    case ".csv":
    case ".tsv":
      return "table";
    case ".txt":
      return "documents";
  }
}

/** Whether a .json file holds one object a line after all. */
function holdsLines(head: string): boolean {
  const line = firstLine(head);
  return line.trimStart().startsWith("{") && line.trim() !== head.trim() && isJson(line);
}

function firstLine(text: string): string {
  const start = text.search(/\S/);
  if (start < 0) return "";
  const end = text.indexOf("\n", start);
  return end < 0 ? text.slice(start) : text.slice(start, end);
}
