/** JSON text (RFC 8259) into an object. `JSON.parse` does the work; the scanner finds the place after a failure. */
import { type ErrorCode, TunesmithError } from "../protocol/errors.ts";
import { lineAndColumn } from "./places.ts";
import { type JsonFault, scanJson } from "./scan.ts";

export type JsonObject = { [key: string]: unknown };

/** Whether a value is an object as JSON means it: no array, not null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Parses text that should be one JSON object. A byte order mark is skipped.
 *
 * @param source names the text in errors: a path, or "the header of …"
 * @param invalid the code of the error
 * @throws `invalid` with line and column of the first character that is wrong, or saying what there is instead
 */
export function parseJsonObject(
  text: string,
  source: string,
  invalid: ErrorCode,
  hint = "Correct the file, or fetch it again.",
): JsonObject {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const fault = scanJson(json);
    if (!fault) throw error;
    throw notJson(json, fault, source, invalid, hint);
  }
  if (isJsonObject(value)) return value;
  throw new TunesmithError(invalid, `${source} holds ${kindOf(value)}, not an object`, hint);
}

/** The error for a text that is no JSON: where, and what is wrong there. */
export function notJson(
  text: string,
  fault: JsonFault,
  source: string,
  invalid: ErrorCode,
  hint: string,
): TunesmithError {
  const { line, column } = lineAndColumn(text, fault.offset);
  const place = `line ${line}, column ${column}`;
  return new TunesmithError(invalid, `${source} is not valid JSON at ${place}: ${fault.message}`, hint);
}

/** The kind of a JSON value, in words: "null", "an array", "a number". */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "object") return Array.isArray(value) ? "an array" : "an object";
  return `a ${typeof value}`;
}

/** Whether a text is one JSON value, with blanks around it at most. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
