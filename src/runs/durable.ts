/**
 * Writing to a run directory so that a kill, a crash or a full disk at any moment leaves the old state or the new one.
 * Synchronous on purpose: the trainer's thread has nothing else to do, and between two awaits another request could
 * see, or a signal could leave, half of a change.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { TunesmithError } from "../protocol/errors.ts";

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
    throw asWriteError(error, path);
  }
}

/** Writes a value as JSON; see `writeFileDurably`. */
export function writeJsonDurably(path: string, value: unknown): void {
  writeFileDurably(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Renames over what is there. Windows refuses while a virus scanner has it open, which passes: then waits a little. */
export function renameDurably(from: string, to: string): void {
  for (let attempt = 0; ; attempt++) {
    try {
      renameSync(from, to);
      break;
    } catch (error) {
      const passing =
        process.platform === "win32" && ["EPERM", "EACCES", "EBUSY"].includes(codeOf(error) ?? "");
      if (!passing || attempt === 8) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 * 2 ** attempt);
    }
  }
  syncFolder(dirname(to));
}

/** Makes a folder whose parent must be there: a run directory that was removed shall not come back half. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

/** Removes a folder that may be there; Windows keeps files for a moment after they are closed. */
export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

/** Makes new names in a folder survive a power cut, where the system can (Windows does it by itself). */
export function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } catch (error) {
    // Some network file systems have no fsync for folders.
    if (!["EINVAL", "ENOTSUP", "EBADF"].includes(codeOf(error) ?? "")) throw error;
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

/** A name that says "unfinished", in the same folder so that a rename is one step. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
}

/** Reads a JSON file. Undefined where there is none. @throws Error naming what is wrong with one that is there */
export function readJson(path: string): unknown {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
  try {
    return JSON.parse(content);
  } catch {
    throw new Error(`${basename(path)} is damaged: it is not JSON`);
  }
}

/** The system's code of a thrown value ("ENOENT"), if it has one. */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string"
    ? thrown.code
    : undefined;
}

/** Turns the system's refusals to write into errors a person can act on; anything else passes through. */
export function asWriteError(thrown: unknown, path: string): unknown {
  const code = codeOf(thrown);
  // Also as the files room says it, of a file whose name means nothing to anybody and without a word about runs.
  if (code === "ENOSPC" || code === "EDQUOT" || code === "disk-full") {
    const hint =
      "Free some space; the run can then be continued from its last checkpoint with `tunesmith resume`.";
    return new TunesmithError("disk-full", `the disk of ${path} is full`, hint, { cause: thrown });
  }
  if (thrown instanceof TunesmithError || code === undefined) return thrown;
  if (code === "ENOENT") {
    const message = `${path} cannot be written: its folder is gone`;
    return new TunesmithError("run-not-found", message, "Somebody removed or moved the run directory.", {
      cause: thrown,
    });
  }
  if (["EACCES", "EPERM", "EROFS", "ENOTDIR", "EISDIR", "EBUSY"].includes(code)) {
    const hint = "Check that the folder is writable and not in use, or choose another one with --run.";
    return new TunesmithError("file-unwritable", `${path} cannot be written (${code})`, hint, {
      cause: thrown,
    });
  }
  return thrown;
}
