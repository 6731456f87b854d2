/**
 * The records of a dataset file, before anyone asks what they mean: JSON objects, CSV lines by their header, or the
 * documents of a text file. A record that cannot be read does not hide the others: it becomes a fault with its place.
 */
import { TunesmithError } from "../protocol/errors.ts";
import { csvRecords } from "./csv-records.ts";
import type { DataRecord } from "./formats/format.ts";
import { jsonRecords, linesRecords } from "./json-records.ts";
import { decodeStrictly } from "./source/decode.ts";
import { textRecords } from "./text-records.ts";

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

export const extensions = [".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt"] as const;

/**
 * @param bytes the whole file
 * @param path its name, of which the ending says what it holds; errors name it
 * @throws `dataset-invalid` where the file as a whole cannot be read
 */
export function findRecords(bytes: Buffer, path: string): FileRecords {
  const { text } = decodeStrictly(bytes, path);
  const extension = extensions.find((ending) => path.toLowerCase().endsWith(ending));
  switch (extension) {
    case ".jsonl":
    case ".ndjson":
      // Some tools write one array into a .jsonl file.
      return isWholeArray(text) ? jsonRecords(text, path) : linesRecords(text);
    case ".json":
      return holdsLines(text) ? linesRecords(text) : jsonRecords(text, path);
    case ".csv":
    case ".tsv":
      return csvRecords(text, path, extension === ".tsv" ? "\t" : undefined);
    case ".txt":
      return textRecords(text);
    default:
      throw new TunesmithError(
        "dataset-format-unknown",
        `${path} has none of the endings ${extensions.join(", ")}`,
        "Convert the data to JSONL (one JSON object a line) or CSV.",
      );
  }
}

function isWholeArray(text: string): boolean {
  return /^\s*\[/.test(text) && /\]\s*$/.test(text) && !isJson(firstLine(text));
}

/** Whether a .json file holds one object a line after all. */
function holdsLines(text: string): boolean {
  const line = firstLine(text);
  return line.trimStart().startsWith("{") && line.trim() !== text.trim() && isJson(line);
}

function firstLine(text: string): string {
  const start = text.search(/\S/);
  if (start < 0) return "";
  const end = text.indexOf("\n", start);
  return end < 0 ? text.slice(start) : text.slice(start, end);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
