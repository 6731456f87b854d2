/** Reads a file of any size from the disk, in parts, and lints them as they come. */
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import type { LintSettings } from "../data/lint/settings.ts";
import { StreamLint, type StreamOptions } from "../data/lint/stream.ts";
import type { Rule } from "../data/rules/rule.ts";
import { containerOf, extensionOf } from "../data/source/container.ts";
import type { Origin } from "../data/source/decode.ts";
import { PartDecoder } from "../data/source/decode-parts.ts";
import { asReadError } from "../protocol/refusals.ts";

/** The first part shows what kind of file it is; its first line may be long. */
const headBytes = 4 * 1024 * 1024;
/** Larger ones become strings that live until all of memory is tidied. */
const partBytes = 64 * 1024;
/** Enough to find the last character that is no blank. */
const tailBytes = 4096;

export interface ReadOptions extends Omit<StreamOptions, "confirmed"> {
  signal?: AbortSignal | undefined;
  /** After every part, so that somebody can show what is there; what answers false need not be read on. */
  told?: ((lint: StreamLint) => boolean) | undefined;
}

/** @throws `file-not-found`, `file-unreadable`; what the signal was aborted with */
export async function readThrough(
  path: string,
  settings: LintSettings,
  rules: readonly Rule[],
  options: ReadOptions = {},
): Promise<StreamLint> {
  const first = await readOnce(path, settings, rules, options);
  if (first.isDone) return first.lint;
  // The first rows spoke for another format than all of them do.
  const confirmed = { format: first.lint.format };
  return (await readOnce(path, settings, rules, { ...options, confirmed })).lint;
}

async function readOnce(
  path: string,
  settings: LintSettings,
  rules: readonly Rule[],
  { signal, told, ...known }: ReadOptions & StreamOptions,
): Promise<{ lint: StreamLint; isDone: boolean }> {
  const hints = {
    whenMissing: "Check the file's path.",
    whenUnreadable: "Check that it is a file that you may read.",
  };
  const file = await open(path).catch((error: unknown) => {
    throw asReadError(error, path, hints);
  });
  try {
    const extension = extensionOf(path) ?? ".jsonl";
    let lint: StreamLint | undefined;
    let origin: Origin = { encoding: "utf-8", byteOrderMark: false };
    for await (const part of partsOf(file)) {
      signal?.throwIfAborted();
      origin = part.origin;
      lint ??= new StreamLint(
        basename(path),
        { container: containerOf(extension, part.text, part.last), extension },
        settings,
        rules,
        origin,
        known,
      );
      lint.push(part.text);
      if (told?.(lint) === false) return { lint, isDone: true };
      await lint.checkTokens();
    }
    const container = containerOf(extension, "", "");
    lint ??= new StreamLint(basename(path), { container, extension }, settings, rules, origin, known);
    const isDone = lint.end(origin.brokenLine);
    if (isDone) await lint.checkTokens(true);
    return { lint, isDone };
  } catch (error) {
    throw asReadError(error, path, hints);
  } finally {
    await file.close();
  }
}

/** The text, with what is known of it so far; `last` is the whole file's last character that is no blank. */
async function* partsOf(file: FileHandle): AsyncGenerator<{ text: string; origin: Origin; last: string }> {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(Math.min(size, headBytes));
  const read = async (at: number, length: number) =>
    bytes.subarray(0, (await file.read(bytes, 0, Math.min(length, bytes.length), at)).bytesRead);
  const head = Buffer.from(await read(0, Math.min(size, 4)));
  const tailAt = Math.max(0, size - tailBytes);
  // Characters of UTF-16 begin at even places.
  const tail = new PartDecoder(head).decode(await read(tailAt - (tailAt % 2), tailBytes), true);
  const last = tail.trimEnd().at(-1) ?? "";
  const decoder = new PartDecoder(head);
  for (let at = 0; at < size; ) {
    const part = await read(at, Math.min(at === 0 ? headBytes : partBytes, size - at));
    // Somebody has cut the file off meanwhile.
    if (part.length === 0) break;
    at += part.length;
    const text = decoder.decode(part, at >= size);
    yield { text, origin: decoder.origin, last };
  }
}
