/** What a dataset format is: how it knows its records, and how it turns one into a row. */
import type { Row } from "../../text/conversation.ts";
import type { Parts, Path } from "../parts.ts";
import type { ColumnMapping } from "./columns.ts";

/** One record of a dataset file: a JSON object, or a CSV line by its header. */
export type DataRecord = { readonly [key: string]: unknown };

export interface Format {
  /** Short name, as `data.format` in a recipe spells it. */
  readonly name: string;
  /** The keys it reads, for messages: `instruction, output (input, system, history)`. */
  readonly keys: string;
  /** How much a record looks like this format, 0 to 1. Higher wins where several formats know it. */
  recognise(record: DataRecord): number;
  /** Throws `FieldError`, which names the field that is wrong. */
  toRow(record: DataRecord): Row;
  /** Its texts and turns with their places, as far as they are there. Never throws. */
  parts(record: DataRecord): Parts;
  /** Of data whose columns the user names. */
  readonly mapping?: ColumnMapping;
  /** Why such data is recognised but cannot be trained on; `toRow` throws the same. */
  readonly untrainable?: string;
}

/** A record that its format cannot read: which field, and what is wrong with it. */
export class FieldError extends Error {
  /** Path of the field: `messages[2].role`. */
  readonly field: string;

  constructor(field: string, problem: string) {
    super(`"${field}" ${problem}`);
    this.name = "FieldError";
    this.field = field;
  }
}

/** The path that a field's name means: `messages[2].role`, or a key that has dots in its own name. */
export function fieldPath(record: DataRecord, name: string): Path {
  if (Object.hasOwn(record, name)) return [name];
  return [...name.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([step, index]) =>
    index === undefined ? step : Number(index),
  );
}

/** As `fieldPath`, the other way round. */
export function fieldName(path: Path): string {
  return path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join("");
}

/** What a record says in a format, or why it says nothing. */
export function readRow(record: DataRecord, format: Format): Row | FieldError {
  try {
    return format.toRow(record);
  } catch (error) {
    if (error instanceof FieldError) return error;
    throw error;
  }
}

/** What is learned from a record that was read; undefined where nothing can be. */
export function learned(read: Row | FieldError | undefined): Row | undefined {
  return read instanceof FieldError ? undefined : read;
}

/** Own keys only: a record is data, and may have a key like "constructor" or none. */
export function field(record: DataRecord, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Whether the field is there and could be written as text. */
export function hasText(record: DataRecord, key: string): boolean {
  const type = typeof field(record, key);
  return type === "string" || type === "number" || type === "boolean";
}

/** A value as text; a number or a truth value as JSON writes it. `path` names it in errors. */
export function asText(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === undefined || value === null) throw new FieldError(path, "is missing");
  const kind = Array.isArray(value) ? "a list" : "an object";
  throw new FieldError(
    path,
    `is ${kind}, not text; write it as a JSON string, or map the column as the output`,
  );
}

/** Text that may not be empty. */
export function requiredText(record: DataRecord, key: string): string {
  const text = asText(field(record, key), key);
  if (text.trim() === "") throw new FieldError(key, "is empty");
  return text;
}

/** Text that may be absent, null or empty: then "". */
export function optionalText(record: DataRecord, key: string): string {
  const value = field(record, key);
  return value === undefined || value === null ? "" : asText(value, key);
}
