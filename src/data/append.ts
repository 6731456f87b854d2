/**
 * Adds a row to a dataset file, in the file's own format and manner; all else in it stays as it is, byte for byte. The
 * new file is read back before anybody gets to see it: a row that would come out differently is not added.
 */
import { isUtf8 } from "node:buffer";
import { basename } from "node:path";
import { scanJson } from "../json/scan.ts";
import { TunesmithError } from "../protocol/errors.ts";
import type { Message } from "../text/conversation.ts";
import type { DataRecord } from "./formats/format.ts";
import { type Dataset, parseDataset, type ReadOptions } from "./read.ts";
import { findRecords } from "./records.ts";
import { recordEdits } from "./source/edit.ts";
import { writtenCell } from "./source/table.ts";
import { promptKey } from "./split.ts";
import { writtenRecord } from "./written-record.ts";

/** A question, and the answer to be learned. */
export interface NewRow {
  messages: readonly { role: string; content: string }[];
  answer: string;
}

export interface AppendOptions extends ReadOptions {
  /** The questions of the test rows: adding one of them lets training see what it is tested on. */
  testRows?: readonly Pick<NewRow, "messages">[];
  /** Add such a row all the same: a person was told what it means. */
  allowTestRow?: boolean;
}

export interface Appended {
  /** The whole new file. */
  bytes: Buffer;
  /** What was put in, and where: in UTF-16 units, a byte order mark not counted, as editors count. */
  inserted: { offset: number; text: string };
  /** Line of the new record, from 1. */
  line: number;
}

/** Whether a row asks what one of the test rows asks, but for case, blanks and Unicode spelling. */
export function asksTestQuestion(row: NewRow, testRows: AppendOptions["testRows"] = []): boolean {
  const key = ({ messages }: Pick<NewRow, "messages">) =>
    promptKey({ kind: "chat", messages: [...messages, { role: "assistant", content: "-" }] });
  const asked = key(row);
  return testRows.some((test) => key(test) === asked);
}

/**
 * @param bytes the dataset file as it is
 * @param path its name, of which the ending says what it holds; errors name it
 * @throws `usage` for a test row that was not confirmed; `dataset-invalid` where the file's format cannot say the row;
 * whatever reading the file throws
 */
export function appendRow(bytes: Buffer, path: string, row: NewRow, options: AppendOptions = {}): Appended {
  if (!options.allowTestRow && asksTestQuestion(row, options.testRows)) {
    throw new TunesmithError(
      "usage",
      "this is a test row: a model that learns it can no longer be tested on it",
      "Add it only if it is taken out of the test rows, or change its question. Where the test rows are a share of the same file, a row with this question is held out as well, and not learned.",
    );
  }
  const before = parseDataset(bytes, path, options);
  const name = basename(path);
  if (!isUtf8(bytes)) throw cannot(`${name} is UTF-16`, "Save it as UTF-8, or add the row by hand.");
  const ending = path.toLowerCase().match(/\.\w+$/)![0];
  const isTable = ending === ".csv" || ending === ".tsv";
  const content = isTable ? row.answer.replace(/\r\n?/g, "\n") : row.answer;
  const messages = [
    ...row.messages.map((message) =>
      isTable ? { ...message, content: message.content.replace(/\r\n?/g, "\n") } : message,
    ),
    { role: "assistant", content },
  ];
  const records = findRecords(bytes, path).records.map((found) => found.record);
  const record = writtenRecord(messages, records, before.format, {
    mapping: options.columns,
    ...(isTable && { columns: before.columns }),
  });
  if (!record) {
    throw cannot(
      `${name} is in the format "${before.format}", which cannot say this row`,
      "Add it by hand, or keep the data as chat messages, which can say everything.",
    );
  }
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  for (const { offset, text: added } of insertions(text, ending, record, before.columns)) {
    const at = bytes.length - Buffer.byteLength(text.slice(offset));
    const whole = Buffer.concat([bytes.subarray(0, at), Buffer.from(added), bytes.subarray(at)]);
    const line = lineOfNewRow(before, whole, messages, options);
    if (line !== undefined) return { bytes: whole, inserted: { offset, text: added }, line };
  }
  throw cannot(`a row with this text cannot be written into ${name}`, "Add it by hand.");
}

/** The ways to put a record into such a file; more than one only where the file leaves open how it is meant. */
function insertions(
  text: string,
  ending: string,
  record: DataRecord,
  columns: readonly string[],
): Appended["inserted"][] {
  if (ending === ".csv" || ending === ".tsv") {
    const cells = columns.map((column) => String(record[column] ?? ""));
    return (ending === ".tsv" ? ["\t"] : [",", ";", "\t"]).map((delimiter) =>
      lastLine(text, cells.map((cell) => writtenCell(cell, delimiter)).join(delimiter)),
    );
  }
  const place =
    /^\s*[[{]/.test(text) && (ending === ".json" || /^\s*\[/.test(text)) ? lastElement(text) : undefined;
  return [place ? inArray(text, place, record) : lastLine(text, writtenAs(lastLineOf(text), record))];
}

/** A line at the end, which ends as the line before it does. */
function lastLine(text: string, line: string): Appended["inserted"] {
  const newline = newlineOf(text);
  return { offset: text.length, text: /\n$/.test(text) ? line + newline : newline + line };
}

function newlineOf(text: string): string {
  return /\r\n/.test(text) ? "\r\n" : "\n";
}

/** The last that is not blank. */
function lastLineOf(text: string): string {
  return /[^\n]*$/.exec(text.trimEnd())![0];
}

/** A record set out as another one is. */
function writtenAs(other: string, record: DataRecord): string {
  const [written] = recordEdits(other, "lines", undefined, [{ kind: "replace", at: [], value: record }]);
  return written?.text ?? JSON.stringify(record);
}

/** Where an array's last element begins and ends, and what stands before it: behind the comma or the bracket. */
interface LastElement {
  start: number;
  end: number;
  gap: string;
}

/** Of the training rows' array in a JSON file; undefined where the text is not one JSON value. */
function lastElement(text: string): LastElement | undefined {
  const depth = text.trimStart().startsWith("[") ? 1 : 2;
  const arrays = new Map<string, LastElement>();
  let begun = 0;
  let last: LastElement | undefined;
  const fault = scanJson(text, {
    enter(path, start) {
      if (path.length === depth - 1) begun = start + 1;
    },
    leave(path, start, end) {
      if (path.length === depth) {
        last = { start, end, gap: text.slice(begun, start) };
        begun = text.indexOf(",", end) + 1;
      } else if (path.length === depth - 1) {
        const name = String(path.at(-1) ?? "");
        if (text[start] === "[") arrays.set(name, last ?? { start: start + 1, end: start + 1, gap: "" });
        last = undefined;
      }
    },
  });
  return fault ? undefined : (arrays.get("train") ?? [...arrays.values()][0]);
}

/** Behind the last element, set out as that one is. */
function inArray(text: string, { start, end, gap }: LastElement, record: DataRecord): Appended["inserted"] {
  if (start === end) return { offset: end, text: JSON.stringify(record) };
  return { offset: end, text: `,${gap}${writtenAs(text.slice(start, end), record)}` };
}

/** The line of the new row, if the file reads as before with this row more. */
function lineOfNewRow(
  before: Dataset,
  bytes: Buffer,
  messages: readonly Message[],
  options: ReadOptions,
): number | undefined {
  const path = before.path;
  let after: Dataset;
  try {
    after = parseDataset(bytes, path, options);
  } catch (error) {
    if (error instanceof TunesmithError) return undefined;
    throw error;
  }
  const rows = after.rows.map(({ row }) => JSON.stringify(row));
  const known = before.rows.map(({ row }) => JSON.stringify(row));
  const at = rows.findIndex((row, i) => row !== known[i]);
  const isRest =
    rows.length === known.length + 1 && rows.slice(at + 1).every((row, i) => row === known[at + i]);
  const isRow = at >= 0 && rows[at] === JSON.stringify({ kind: "chat", messages });
  const isSame = after.format === before.format && after.skipped.length === before.skipped.length;
  return isRest && isRow && isSame ? after.rows[at]!.line : undefined;
}

function cannot(what: string, hint: string): TunesmithError {
  return new TunesmithError("dataset-invalid", what, hint);
}
