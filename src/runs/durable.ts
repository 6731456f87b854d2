/**
 * Writing to a run directory so that a kill, a crash or a full disk at any moment leaves the old state or the new one.
 * Synchronous on purpose: the trainer's thread has nothing else to do, and between two awaits another request could
 * see, or a signal could leave, half of a change.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { foldersSync, isSyncUnknown, renameRetryMs, temporaryBeside } from "../files/temporary.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { asWriteError, diskFull, errorCode, isMissing } from "../protocol/refusals.ts";

/** Writes a whole file under its name, or nothing: temporary name, fsync, rename, fsync of the folder. */
export function writeFileDurably(path: string, content: string): void {
  const temporary = temporaryBeside(path);
  try {
    const file = openSync(temporary, "wx");
    try {
      writeFully(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameDurably(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw asRunWriteError(error, path);
  }
}

/** Writes a value as JSON; see `writeFileDurably`. */
export function writeJsonDurably(path: string, value: unknown): void {
  writeFileDurably(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Renames over what is there; waits where the system refuses for a moment only. */
export function renameDurably(from: string, to: string): void {
  for (let attempt = 0; ; attempt++) {
    try {
      renameSync(from, to);
      break;
    } catch (error) {
      const wait = renameRetryMs(error, attempt);
      if (wait === undefined) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
    }
  }
  syncFolder(dirname(to));
}

/** Makes a folder whose parent must be there: a run directory that was removed shall not come back half. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

/** Removes a folder that may be there; Windows keeps files for a moment after they are closed. */
export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

/** Makes new names in a folder survive a power cut. */
export function syncFolder(folder: string): void {
  if (!foldersSync) return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } catch (error) {
    if (!isSyncUnknown(error)) throw error;
  } finally {
    closeSync(handle);
  }
}

/** Writes all of it at an offset: one `write` may take less than it was given. */
export function writeFully(file: number, content: string, offset = 0): void {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(file, bytes, at, bytes.length - at, offset + at);
  }
}

/** What a file holds from an offset on; nothing where it is missing. */
export function readFrom(path: string, offset: number): Buffer {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0);
    throw error;
  }
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
    return bytes.subarray(0, readFully(file, bytes, offset));
  } finally {
    closeSync(file);
  }
}

/** Fills `bytes` from an offset; returns how many there were. */
export function readFully(file: number, bytes: Uint8Array, offset: number): number {
  let read = 0;
  while (read < bytes.length) {
    const got = readSync(file, bytes, read, bytes.length - read, offset + read);
    if (got === 0) break;
    read += got;
  }
  return read;
}

/** Reads a JSON file. Undefined where there is none. @throws Error naming what is wrong with one that is there */
export function readJson(path: string): unknown {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    return JSON.parse(content);
  } catch {
    throw new Error(`${basename(path)} is damaged: it is not JSON`);
  }
}

/**
 * Turns the system's refusals to write in a run directory into errors that say how to go on; a full disk also as the
 * files room says it, of a file whose name means nothing to anybody. Anything else passes through.
 */
export function asRunWriteError(thrown: unknown, path: string): unknown {
  const whenFull =
    "Free some space; the run can then be continued from its last checkpoint with `tunesmith resume`.";
  const code = errorCode(thrown);
  if (code === "disk-full") return diskFull(path, { hint: whenFull, cause: thrown });
  if (code === "ENOENT") {
    const message = `${path} cannot be written: its folder is gone`;
    return new TunesmithError("run-not-found", message, "Somebody removed or moved the run directory.", {
      cause: thrown,
    });
  }
  return asWriteError(thrown, path, {
    whenFull,
    whenUnwritable: "Check that the folder is writable and not in use, or choose another one with --run.",
  });
}
