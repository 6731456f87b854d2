/**
 * Writing so that a reader, or a process that starts after a crash, sees either the old file or the whole new one:
 * a temporary name in the same folder, fsync, rename over the target, fsync of the folder.
 * Every failure removes the temporary; a full disk becomes a `disk-full` error that says how much was needed.
 */
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TunesmithError } from "../protocol/errors.ts";
import { asWriteError, diskFull, errorCode } from "../protocol/refusals.ts";
import { foldersSync, isSyncUnknown, isTemporary, renameRetryMs, temporaryBeside } from "./temporary.ts";

/** A temporary that nobody has written to for this long was left by a process that was killed. */
const abandonedAfterMs = 60 * 60 * 1000;

/** Where the bytes of a file in the making go, in order. */
export interface AtomicWriter {
  /** Appends the bytes; the buffer may be reused as soon as the promise resolves. */
  write(bytes: Uint8Array): Promise<void>;
}

/**
 * Writes a file through `fill`, atomically; the folder is made when missing.
 *
 * @param bytesNeeded size of the finished file in bytes where it is known beforehand; checked against the free space first.
 * @throws `disk-full`, `file-unwritable`, or whatever `fill` throws; the target is then as it was.
 */
export async function writeAtomic(
  path: string,
  fill: (writer: AtomicWriter) => Promise<void>,
  bytesNeeded?: number,
): Promise<void> {
  const target = resolve(path);
  const temporary = temporaryBeside(target);
  let file: FileHandle | undefined;
  try {
    await mkdir(dirname(target), { recursive: true });
    if (bytesNeeded !== undefined) await requireFreeSpace(target, bytesNeeded);
    file = await open(temporary, "wx");
    const handle = file;
    await fill({ write: (bytes) => writeFully(handle, bytes) });
    await file.sync();
    await file.close();
    file = undefined;
    await renameOver(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    await file?.close().catch(() => {});
    await rm(temporary, { force: true }).catch(() => {});
    throw asWriteError(error, target, { bytesNeeded });
  }
}

/** Writes text or bytes atomically; see `writeAtomic`. */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  await writeAtomic(path, (writer) => writer.write(bytes), bytes.byteLength);
}

/** Writes a value as JSON (two spaces, a newline at the end), atomically. */
export async function writeJsonAtomic(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Writes a whole folder through `fill`, which gets the path of a temporary folder beside it. An earlier folder of
 * the same name is replaced, but only when `isOurs` knows every name in it: nothing of the user's is deleted.
 * Replacing takes two renames, so a crash between them leaves the earlier folder under a `.replaced` name.
 *
 * @throws `file-unwritable` when the folder holds something else; `disk-full`; whatever `fill` throws.
 */
export async function writeFolderAtomic(
  path: string,
  isOurs: (name: string) => boolean,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const target = resolve(path);
  const temporary = temporaryBeside(target);
  try {
    const earlier = await namesIn(target);
    const foreign = earlier?.find((name) => !isOurs(name));
    if (foreign !== undefined) {
      throw new TunesmithError(
        "file-unwritable",
        `${target} is not replaced: it holds "${foreign}", which Tunesmith did not write there`,
        "Choose another output folder, or empty this one.",
      );
    }
    await mkdir(temporary, { recursive: true });
    await fill(temporary);
    await syncFolder(temporary);
    if (earlier === undefined) {
      await renameOver(temporary, target);
    } else {
      const replaced = `${temporary}.replaced`;
      await renameOver(target, replaced);
      try {
        await renameOver(temporary, target);
      } catch (error) {
        await renameOver(replaced, target);
        throw error;
      }
      await rm(replaced, { recursive: true, force: true });
    }
    await syncFolder(dirname(target));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    const failure = asWriteError(error, target);
    if (!(failure instanceof TunesmithError)) throw failure;
    // The person never saw the temporary name.
    const message = failure.message.replaceAll(temporary, target);
    throw new TunesmithError(failure.code, message, failure.hint, { cause: failure });
  }
}

/**
 * Checks that the disk of `path` (which need not exist yet) has `bytes` free.
 *
 * @throws `disk-full` with both figures.
 */
export async function requireFreeSpace(path: string, bytes: number): Promise<void> {
  const free = await freeSpace(path);
  if (free !== undefined && free < bytes) throw diskFull(resolve(path), { needed: bytes, free });
}

/** Bytes a normal user may still write on the disk of `path`; undefined where the system does not say. */
export async function freeSpace(path: string): Promise<number | undefined> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    try {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    } catch {
      if (folder === dirname(folder)) return undefined;
    }
  }
}

/** Removes temporaries in `folder` that were left by processes killed while writing. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of (await namesIn(folder)) ?? []) {
    if (!isTemporary(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > abandonedAfterMs)
      await rm(path, { recursive: true, force: true });
  }
}

/** Renames over whatever is there; waits where the system refuses for a moment only. */
export async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const wait = renameRetryMs(error, attempt);
      if (wait === undefined) throw error;
      await sleep(wait);
    }
  }
}

async function writeFully(file: FileHandle, bytes: Uint8Array): Promise<void> {
  // One write call takes less than 2 GiB.
  for (let at = 0; at < bytes.byteLength; ) {
    at += (await file.write(bytes, at, Math.min(bytes.byteLength - at, 1 << 30))).bytesWritten;
  }
}

/** Makes a rename durable. */
async function syncFolder(folder: string): Promise<void> {
  if (!foldersSync) return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    if (!isSyncUnknown(error)) throw error;
  } finally {
    await handle.close();
  }
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
