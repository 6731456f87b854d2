/**
 * The records of a dataset file, before anyone asks what they mean: JSON objects, CSV lines by their header, or the
 * documents of a text file. A record that cannot be read does not hide the others: it becomes a fault with its place.
 */
import { isUtf8 } from "node:buffer";
import { TunesmithError } from "../protocol/errors.ts";
import { csvRecords } from "./csv-records.ts";
import type { DataRecord } from "./formats/format.ts";
import { jsonRecords, linesRecords } from "./json-records.ts";
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
  const text = decodeText(bytes, path);
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

/** UTF-8, or UTF-16 with its byte order mark, as spreadsheets write it. */
export function decodeText(bytes: Buffer, path: string): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (isUtf8(bytes)) return decodeUtf8(bytes, path);
  const line = firstBrokenLine(bytes);
  throw new TunesmithError(
    "dataset-invalid",
    `${path} is not UTF-8 text; the first byte that cannot be read is in line ${line}`,
    "Save the file as UTF-8 (a spreadsheet calls it CSV UTF-8).",
  );
}

function decodeUtf8(bytes: Buffer, path: string): string {
  try {
    return bytes.toString("utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw new TunesmithError(
      "dataset-invalid",
      `${path} is too large to read at once: ${bytes.length} bytes`,
      "Split the file; half a gigabyte is the most that one file can hold.",
      { cause: error },
    );
  }
}

function firstBrokenLine(bytes: Buffer): number {
  for (let line = 1, start = 0; ; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    if (newline < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
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
