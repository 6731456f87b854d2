/** Records of JSON files: one object a line (JSON Lines, https://jsonlines.org), or one array, or an array per split. */
import { isJsonObject, kindOf, notJson } from "../json/object.ts";
import { scanJson } from "../json/scan.ts";
import { TunesmithError } from "../protocol/errors.ts";
import type { FileRecords } from "./records.ts";

/** JSON Lines. Blank lines are passed over; a line that is wrong is skipped, with its column. */
export function linesRecords(text: string): FileRecords {
  const found: FileRecords = { records: [], skipped: [] };
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    try {
      add(found, JSON.parse(line), i + 1);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const fault = scanJson(line);
      const reason = `not valid JSON: ${fault?.message ?? error.message}`;
      found.skipped.push({ line: i + 1, column: (fault?.offset ?? 0) + 1, reason });
    }
  }
  return found;
}

/**
 * A JSON file of one value: an array of records, or an object that holds such arrays, one for each split (train,
 * validation, test), which its records then remember. An object with a single array holds no splits.
 *
 * @throws `dataset-invalid` with line and column where the file is not JSON, and where it holds no array
 */
export function jsonRecords(text: string, path: string): FileRecords {
  const found: FileRecords = { records: [], skipped: [] };
  const lists = arraysIn(text, path);
  const lineOf = lineCounter(text);
  for (const { name, elements } of lists) {
    for (const [start, end] of elements) {
      add(found, JSON.parse(text.slice(start, end)), lineOf(start), lists.length > 1 ? name : undefined);
    }
  }
  return found;
}

interface JsonArray {
  /** The key that holds it; "" for the whole file. */
  name: string;
  elements: [start: number, end: number][];
}

function arraysIn(text: string, path: string): JsonArray[] {
  const isArray = text.trimStart().startsWith("[");
  const elementDepth = isArray ? 1 : 2;
  const arrays: JsonArray[] = [];
  let elements: JsonArray["elements"] = [];
  const fault = scanJson(text, {
    leave(keys, start, end) {
      if (keys.length === elementDepth) elements.push([start, end]);
      if (keys.length !== elementDepth - 1) return;
      if (text[start] === "[") arrays.push({ name: String(keys.at(-1) ?? ""), elements });
      elements = [];
    },
  });
  if (fault) {
    const hint = "Correct that place; if the file holds one object a line, name it .jsonl.";
    throw notJson(text, fault, path, "dataset-invalid", hint);
  }
  if (arrays.length > 0) return arrays;
  throw new TunesmithError(
    "dataset-invalid",
    `${path} holds no array of records`,
    'Write the records as an array, [{ … }, { … }], or as an object with one array per split, { "train": [ … ] }.',
  );
}

/** Adds what a line or element holds, if it is an object. */
function add(found: FileRecords, value: unknown, line: number, split?: string): void {
  if (isJsonObject(value)) found.records.push({ record: value, line, ...(split !== undefined && { split }) });
  else found.skipped.push({ line, reason: `a record must be an object, not ${kindOf(value)}` });
}

/** Line numbers of offsets that only grow. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let next = text.indexOf("\n");
  return (offset) => {
    while (next >= 0 && next < offset) {
      line++;
      next = text.indexOf("\n", next + 1);
    }
    return line;
  };
}
