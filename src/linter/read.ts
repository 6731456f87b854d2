/** Dataset files as the linter takes them: forgiving of bytes, without the byte order mark. */
import { readFileSync, statSync } from "node:fs";
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
