/** Reads the small JSON files of a model folder, with errors that a person can act on. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { TunesmithError } from "../protocol/errors.ts";

export type JsonObject = { [key: string]: unknown };

/** Whether a parsed JSON value is an object (not an array, not null). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of `folder/name`, or undefined where there is no such file. Throws `file-unreadable`. */
export function readTextFile(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  try {
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new TunesmithError(
      "file-unreadable",
      `${path} cannot be read: ${code ?? String(error)}`,
      "Check the file's permissions.",
      { cause: error },
    );
  }
}

/** The object in `text`, which was read from `path`. Throws `tokenizer-invalid`, naming the file. */
export function parseJsonObject(text: string, path: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TunesmithError(
      "tokenizer-invalid",
      `${path} is not valid JSON: ${(error as Error).message}`,
      `Download ${basename(path)} again; the file is damaged or incomplete.`,
      { cause: error },
    );
  }
  if (isJsonObject(value)) return value;
  throw new TunesmithError(
    "tokenizer-invalid",
    `${path} holds ${Array.isArray(value) ? "an array" : String(value)}, not an object`,
    `Download ${basename(path)} again; the file is damaged or incomplete.`,
  );
}

/** The object in `folder/name`; an absent file reads as an empty object. */
export function readJsonObject(folder: string, name: string): JsonObject {
  const text = readTextFile(folder, name);
  return text === undefined ? {} : parseJsonObject(text, join(folder, name));
}
