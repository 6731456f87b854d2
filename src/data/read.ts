/**
 * Reads a dataset file into rows. Its format is decided by evidence over the whole file: each record is shown to each
 * format, and the one that knows most of them best is taken. Records it cannot read are skipped and reported, never
 * silently.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { TunesmithError } from "../protocol/errors.ts";
import { asReadError } from "../protocol/refusals.ts";
import { nearest } from "../protocol/suggest.ts";
import type { Row } from "../text/conversation.ts";
import { type ColumnMapping, columnsFormat } from "./formats/columns.ts";
import { type DataRecord, FieldError, type Format } from "./formats/format.ts";
import { formats } from "./formats/index.ts";
import { kto, markedAs } from "./formats/kto.ts";
import { type FoundRecord, findRecords, type SkippedRecord } from "./records.ts";

export interface ReadOptions {
  /** A format's name, where the user has settled it. */
  format?: string | undefined;
  /** Which columns are question and answer, for data in no known format. */
  columns?: ColumnMapping | undefined;
}

export interface DatasetRow {
  row: Row;
  /** Position among the rows, from 0. */
  index: number;
  /** First line of its record in the file, from 1. */
  line: number;
  /** The split it belongs to, in a file that holds several: "train", "validation" … */
  split?: string;
}

export interface Dataset {
  path: string;
  rows: DatasetRow[];
  /** The format's name. */
  format: string;
  /** How well the records fit it, 0 to 1: the mean over all records, in thousandths. */
  confidence: number;
  /** Every key that a record has, in order of appearance. */
  columns: string[];
  skipped: SkippedRecord[];
  /** SHA-256 of the file's bytes, in hexadecimal. */
  fingerprint: string;
}

/**
 * Reads the dataset at `path`.
 *
 * @throws `file-not-found`, `file-unreadable`; `dataset-invalid` where the file as a whole cannot be read;
 * `dataset-empty`; `dataset-format-unknown`, naming the columns it found
 */
export function readDataset(path: string, options: ReadOptions = {}): Dataset {
  return parseDataset(readBytes(path), path, options);
}

/** As `readDataset`, for bytes that are already here; `path` is for its ending and for messages. */
export function parseDataset(bytes: Buffer, path: string, options: ReadOptions = {}): Dataset {
  const { records, skipped } = findRecords(bytes, path);
  if (records.length === 0) throw noRecords(path, skipped);
  const { format, confidence } = chooseFormat(records, path, options);
  const rows: DatasetRow[] = [];
  for (const { record, line, split } of records) {
    try {
      rows.push({
        row: format.toRow(record),
        index: rows.length,
        line,
        ...(split !== undefined && { split }),
      });
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      skipped.push({ line, reason: error.message });
    }
  }
  if (rows.length === 0) throw noRows(path, format, skipped);
  return {
    path,
    rows,
    format: format.name,
    confidence: Math.round(confidence * 1000) / 1000,
    columns: columnsOf(records),
    skipped: skipped.sort((a, b) => a.line - b.line),
    fingerprint: createHash("sha256").update(bytes).digest("hex"),
  };
}

function chooseFormat(
  records: readonly FoundRecord[],
  path: string,
  { format: name, columns }: ReadOptions,
): { format: Format; confidence: number } {
  const candidates = columns ? [columnsFormat(columns)] : name === undefined ? formats : [formatNamed(name)];
  const judged = candidates.map((format) => ({ format, confidence: meanScore(format, records) }));
  const best = judged.reduce((a, b) => (b.confidence > a.confidence ? b : a));
  const known = records.filter(({ record }) => best.format.recognise(record) > 0).length;
  if (known * 2 > records.length || (name !== undefined && known > 0)) {
    if (best.format.untrainable !== undefined) throw untrainable(best.format, records, path);
    return best;
  }

  const found = columnsOf(records)
    .map((column) => `"${column}"`)
    .join(", ");
  const partly =
    known === 0 ? "" : `; only ${known} of ${records.length} records look like "${best.format.name}"`;
  const wanted = columns || name !== undefined ? ` Expected ${best.format.keys}.` : "";
  throw new TunesmithError(
    "dataset-format-unknown",
    `${path}: the records are in no known format${partly}. Columns found: ${found}.${wanted}`,
    'Say which columns to use: "columns": { "input": "…", "output": "…" }, or rename them to prompt and completion.',
  );
}

/** For data that is known and cannot be trained on: with what can be learned of it all the same. */
function untrainable(format: Format, records: readonly FoundRecord[], path: string): TunesmithError {
  const { record } = records.find(({ record }) => format.recognise(record) > 0)!;
  return new TunesmithError(
    "dataset-format-unknown",
    `${path} is in the format "${format.name}": ${format.untrainable}`,
    learnable(format, record),
  );
}

function learnable(format: Format, record: DataRecord): string {
  const question = ["prompt", "instruction", "question"].find((key) => typeof record[key] === "string");
  if (question !== undefined && typeof record.chosen === "string") {
    return `To learn the chosen answers, map them: "columns": { "input": "${question}", "output": "chosen" }.`;
  }
  const marked = format === kto ? markedAs(record) : undefined;
  if (marked?.mark === "label") {
    return `To learn the answers that are marked as good, say "format": "${marked.format.name}".`;
  }
  return marked
    ? `To learn the answers, keep only the rows whose "${marked.mark}" is true, and say "format": "${marked.format.name}".`
    : "To learn the better answers, write each of them behind its prompt as chat messages.";
}

function meanScore(format: Format, records: readonly FoundRecord[]): number {
  return records.reduce((sum, { record }) => sum + format.recognise(record), 0) / records.length;
}

function formatNamed(name: string): Format {
  const format = formats.find((format) => format.name === name);
  if (format !== undefined) return format;
  const names = formats.map((format) => format.name);
  const meant = nearest(name, names);
  throw new TunesmithError(
    "recipe-invalid",
    `there is no dataset format "${name}"${meant ? `; did you mean "${meant}"?` : ""}`,
    `Known formats: ${names.join(", ")}.`,
  );
}

function columnsOf(records: readonly FoundRecord[]): string[] {
  return [...new Set(records.flatMap(({ record }) => Object.keys(record)))];
}

/** @throws `file-not-found`, `file-unreadable` */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw asReadError(error, path, {
      whenMissing: "Check the dataset's path.",
      whenUnreadable: "Check that it is a file that you may read, of less than 2 GB.",
    });
  }
}

function noRecords(path: string, skipped: readonly SkippedRecord[]): TunesmithError {
  const [first] = skipped;
  if (first === undefined) {
    return new TunesmithError("dataset-empty", `${path} holds no records`, "Add at least one example.");
  }
  return new TunesmithError(
    "dataset-invalid",
    `${path} holds no record that can be read; ${describeSkipped(first)}`,
    "Each line of a .jsonl file must be one JSON object.",
  );
}

function noRows(path: string, format: Format, skipped: readonly SkippedRecord[]): TunesmithError {
  return new TunesmithError(
    "dataset-invalid",
    `${path}: none of its ${skipped.length} records can be read as "${format.name}"; ${describeSkipped(skipped[0]!)}`,
    `This format has the keys ${format.keys}.`,
  );
}

/** `line 3, column 14: not valid JSON: …` */
export function describeSkipped({ line, column, reason }: SkippedRecord): string {
  return `line ${line}${column === undefined ? "" : `, column ${column}`}: ${reason}`;
}
