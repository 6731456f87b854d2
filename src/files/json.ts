/**
 * JSON files read with errors that say where: RFC 8259, line and column of the first character that is wrong.
 * `JSON.parse` does the parsing; its messages differ between Node versions and often name no position, so a second
 * pass looks for the place, only after a failure.
 */
import { readFile } from "node:fs/promises";
import { type ErrorCode, TunesmithError } from "../protocol/errors.ts";
import { errorCode } from "./atomic.ts";

export type JsonObject = { [key: string]: unknown };

/**
 * Reads a file that holds one JSON object.
 *
 * @param invalid the code of the error for content that is no JSON object.
 * @throws `file-not-found`, `file-unreadable`, or `invalid` with line and column.
 */
export async function readJsonObject(path: string, invalid: ErrorCode): Promise<JsonObject> {
  return parseJsonObject(await readText(path), path, invalid);
}

/** Parses text that should be one JSON object; `source` names it in errors. A byte order mark is skipped. */
export function parseJsonObject(text: string, source: string, invalid: ErrorCode): JsonObject {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    const at = firstJsonError(json);
    const before = json.slice(0, at).split("\n");
    throw new TunesmithError(
      invalid,
      `${source}: not valid JSON at line ${before.length}, column ${before.at(-1)!.length + 1}: ${whatStandsAt(json, at)}`,
      "Correct the file, or fetch it again.",
    );
  }
  if (!isJsonObject(value)) {
    const kind = value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
    throw new TunesmithError(
      invalid,
      `${source}: should hold a JSON object, but holds ${kind}`,
      "Correct the file, or fetch it again.",
    );
  }
  return value;
}

function whatStandsAt(text: string, at: number): string {
  if (at >= text.length) return "it ends too early";
  if (text[at] === '"') return "a string that does not end, is wrongly escaped, or should not be here";
  return `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))}`;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a text file. @throws `file-not-found` or `file-unreadable`. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw asReadError(error, path);
  }
}

/** Turns the system's refusals to read into errors a person can act on; anything else passes through. */
export function asReadError(thrown: unknown, path: string): unknown {
  const code = errorCode(thrown);
  if (thrown instanceof TunesmithError || code === undefined) return thrown;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new TunesmithError("file-not-found", `${path} does not exist`, "Check the path.", {
      cause: thrown,
    });
  }
  return new TunesmithError(
    "file-unreadable",
    `${path} cannot be read (${code})`,
    "Check that it is a file you may read.",
    {
      cause: thrown,
    },
  );
}

/** A token that is no string. */
const plainToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[[\]{},:]/y;
/** What may follow in a string; matched piece by piece, since one expression for a whole string backtracks for ever. */
const stringPiece = /[^"\\\p{Cc}]+|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/uy;

/** Where the token at `start` ends; undefined when there is none. */
function tokenEnd(text: string, start: number): number | undefined {
  if (text[start] !== '"') {
    plainToken.lastIndex = start;
    return plainToken.test(text) ? plainToken.lastIndex : undefined;
  }
  let end = start + 1;
  for (stringPiece.lastIndex = end; stringPiece.test(text); ) end = stringPiece.lastIndex;
  return text[end] === '"' ? end + 1 : undefined;
}

/** Offset of the first token that cannot stand where it stands; the text's length when it only ends too early. */
function firstJsonError(text: string): number {
  const open: string[] = [];
  // What the next token must be. Right after an opening bracket its closing one may come instead.
  let expected: "value" | "key" | "colon" | "comma" = "value";
  let justOpened = false;
  for (let at = 0, end = 0; ; at = end) {
    while (" \t\n\r".includes(text[at] ?? "x")) at++;
    const next = tokenEnd(text, at);
    if (next === undefined) return at;
    end = next;
    const found = text[at]!;
    if (found === "}" || found === "]") {
      const opener = found === "}" ? "{" : "[";
      if ((expected !== "comma" && !justOpened) || open.pop() !== opener) return at;
      expected = "comma";
    } else if (expected === "colon" || expected === "comma") {
      if (found !== (expected === "colon" ? ":" : ",") || open.length === 0) return at;
      expected = expected === "comma" && open.at(-1) === "{" ? "key" : "value";
    } else if (found === "," || found === ":" || (expected === "key" && found !== '"')) {
      return at;
    } else if (found === "{" || found === "[") {
      open.push(found);
      expected = found === "{" ? "key" : "value";
    } else {
      expected = expected === "key" ? "colon" : "comma";
    }
    justOpened = found === "{" || found === "[";
  }
}
