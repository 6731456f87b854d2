/** JSON files of models and adapters, read with errors that say where they are wrong. */
import { readFile } from "node:fs/promises";
import { type JsonObject, parseJsonObject } from "../json/object.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import { asReadError } from "../protocol/refusals.ts";

/**
 * Reads a file that holds one JSON object.
 *
 * @param invalid the code of the error for content that is no JSON object.
 * @throws `file-not-found`, `file-unreadable`, or `invalid` with line and column.
 */
export async function readJsonObject(path: string, invalid: ErrorCode): Promise<JsonObject> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw asReadError(error, path);
  }
  return parseJsonObject(text, path, invalid);
}
