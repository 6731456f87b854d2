/**
 * Reads the small files of a model folder that speak about its tokenizer. Any of them may be absent, and then says
 * nothing; synchronous, because a tokenizer is loaded at once or not at all.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type JsonObject, parseJsonObject } from "../json/object.ts";
import { asReadError, isMissing } from "../protocol/refusals.ts";

/** The text of `folder/name`, or undefined where there is no such file. Throws `file-unreadable`. */
export function readTextFile(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  try {
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw asReadError(error, path);
  }
}

/** The object in `text`, which was read from `path`. Throws `tokenizer-invalid`, naming the place. */
export function parseTokenizerFile(text: string, path: string): JsonObject {
  const hint = `Download ${basename(path)} again; the file is damaged or incomplete.`;
  return parseJsonObject(text, path, "tokenizer-invalid", hint);
}

/** The object in `folder/name`; an absent file reads as an empty object. */
export function readTokenizerFile(folder: string, name: string): JsonObject {
  const text = readTextFile(folder, name);
  return text === undefined ? {} : parseTokenizerFile(text, join(folder, name));
}
