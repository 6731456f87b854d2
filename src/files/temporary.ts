/**
 * What all atomic writing shares, be it with await (`atomic.ts`) or without (the run directory's `durable.ts`): the names
 * of what is unfinished, and which of the system's refusals pass or do not matter.
 */
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../protocol/refusals.ts";

/** A name that says "unfinished", in the same folder so that a rename is one step. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
}

/** Whether `temporaryBeside` made a file's name, or the name beside it that a replaced folder waits under. */
export function isTemporary(name: string): boolean {
  return /^\..+\.[0-9a-f]{12}\.tmp(\.replaced)?$/.test(name);
}

/**
 * Milliseconds to wait before a refused rename is tried again; undefined where that is no use. Windows refuses while a
 * virus scanner or an indexer has a file open, which passes; ten seconds in all are enough.
 *
 * @param attempt how often it was refused before
 */
export function renameRetryMs(refusal: unknown, attempt: number): number | undefined {
  const passing = ["EPERM", "EACCES", "EBUSY"].includes(errorCode(refusal) ?? "");
  return process.platform === "win32" && passing && attempt < 10 ? 10 * 2 ** attempt : undefined;
}

/** Windows cannot open a folder to sync it; its file system orders renames by itself. */
export const foldersSync = process.platform !== "win32";

/** Some network file systems have no fsync for folders, and say so like this. */
export function isSyncUnknown(refusal: unknown): boolean {
  return ["EINVAL", "ENOTSUP", "EBADF"].includes(errorCode(refusal) ?? "");
}
