/** Dataset files as the linter takes them: forgiving of bytes, without the byte order mark. */
import { isUtf8 } from "node:buffer";
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { parseSuppressions, Suppressions, suppressionsSuffix } from "../data/lint/suppressions.ts";
import { decode, type Origin } from "../data/source/decode.ts";
import { asReadError } from "../protocol/refusals.ts";

/** Files above this are linted as a stream: editors do not hand them to extensions either. */
export const largestHeld = 50 * 1024 * 1024;

/** @throws `file-not-found`, `file-unreadable`; `dataset-invalid` for what is too large */
export function readText(path: string): { text: string; origin: Origin } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw asReadError(error, path, {
      whenMissing: "Check the file's path.",
      whenUnreadable: "Check that it is a file that you may read.",
    });
  }
  const { text, ...origin } = decode(bytes, path);
  return { text, origin };
}

/** So much of a file's beginning is looked at first. */
const headBytes = 128 * 1024;

/**
 * The first records of a JSON Lines file, so many as are whole; undefined for any other, for one that is not UTF-8, and
 * where it cannot be read.
 */
export function readHead(path: string): string | undefined {
  if (!/\.(?:jsonl|ndjson)$/i.test(path)) return undefined;
  const bytes = Buffer.alloc(headBytes);
  let length: number;
  try {
    const file = openSync(path, "r");
    try {
      length = readSync(file, bytes, 0, headBytes, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
  // A record begins with a brace at the margin, also where it goes on over further lines.
  const end = bytes.subarray(0, length).lastIndexOf("\n{") + 1;
  const head = bytes.subarray(0, end);
  return head[0] === openingBrace && isUtf8(head) ? head.toString("utf8") : undefined;
}

const openingBrace = 0x7b;

export function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

/** The suppressions beside a dataset; none where there is no such file. @throws `lint-config-invalid` */
export function readSuppressions(path: string): Suppressions {
  const beside = path + suppressionsSuffix;
  let text: string;
  try {
    text = readFileSync(beside, "utf8");
  } catch {
    return new Suppressions();
  }
  return parseSuppressions(text, beside);
}
