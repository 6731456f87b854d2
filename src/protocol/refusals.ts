/**
 * What the system refuses, as errors a person can act on: the codes of Node's file functions (errno(3)), sorted into
 * those of the error catalogue. What is no refusal of the system passes through unchanged.
 */
import { TunesmithError } from "./errors.ts";

/** The code of a thrown value, the system's ("ENOENT") or the catalogue's, if it has one. */
export function errorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string"
    ? thrown.code
    : undefined;
}

/** Whether the system says that there is nothing of that name. */
export function isMissing(thrown: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(errorCode(thrown) ?? "");
}

/** What a reader would have a person do. */
export interface ReadAdvice {
  whenMissing?: string;
  whenUnreadable?: string;
}

/** A refusal to read as `file-not-found` or `file-unreadable`. */
export function asReadError(thrown: unknown, path: string, advice: ReadAdvice = {}): unknown {
  const code = errorCode(thrown);
  if (thrown instanceof TunesmithError || code === undefined) return thrown;
  const cause = { cause: thrown };
  if (isMissing(thrown)) {
    const { whenMissing = "Check the path." } = advice;
    return new TunesmithError("file-not-found", `${path} does not exist`, whenMissing, cause);
  }
  const { whenUnreadable = "Check that it is a file you may read." } = advice;
  return new TunesmithError("file-unreadable", `${path} cannot be read (${code})`, whenUnreadable, cause);
}

/** What a writer knows beyond the refusal itself. */
export interface WriteAdvice {
  /** Size of the whole file, where it is known. */
  bytesNeeded?: number | undefined;
  /** What to do about a full disk. */
  whenFull?: string;
  /** What to do about a place that cannot be written. */
  whenUnwritable?: string;
}

const unwritable = ["EACCES", "EPERM", "EROFS", "EISDIR", "ENOTDIR", "EEXIST", "EBUSY"];

/** A refusal to write as `disk-full` or `file-unwritable`. */
export function asWriteError(thrown: unknown, path: string, advice: WriteAdvice = {}): unknown {
  const code = errorCode(thrown);
  if (thrown instanceof TunesmithError || code === undefined) return thrown;
  if (code === "ENOSPC" || code === "EDQUOT")
    return diskFull(path, { needed: advice.bytesNeeded, hint: advice.whenFull, cause: thrown });
  if (!unwritable.includes(code)) return thrown;
  const {
    whenUnwritable = "Check that the folder exists, is writable and is not in use, or choose another one.",
  } = advice;
  const message = `${path} cannot be written (${code})`;
  return new TunesmithError("file-unwritable", message, whenUnwritable, { cause: thrown });
}

/** `disk-full`, with the figures there are, in bytes. */
export function diskFull(
  path: string,
  known: {
    needed?: number | undefined;
    free?: number | undefined;
    hint?: string | undefined;
    cause?: unknown;
  },
): TunesmithError {
  const figures = [
    known.needed === undefined ? "" : `${formatBytes(known.needed)} needed`,
    known.free === undefined ? "" : `${formatBytes(known.free)} free`,
  ].filter(Boolean);
  return new TunesmithError(
    "disk-full",
    `the disk of ${path} is full${figures.length > 0 ? ` (${figures.join(", ")})` : ""}`,
    known.hint ?? "Free some space, or choose a folder on another disk.",
    { cause: known.cause },
  );
}

/** 1536 → "1.5 KB" (powers of 1024, as file managers count). */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
