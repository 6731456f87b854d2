/**
 * One file from the hub into the blobs of its cache: resumed where an earlier try ended (RFC 9110, section 14: Range), hashed
 * while it arrives, and named only when the hash is right.
 *
 * What has arrived lies in `<etag>.<host>-<pid>-<random>.incomplete`, or `<etag>.tunesmith.incomplete` once its process gave
 * up. Whoever goes on with it renames it first, so two processes never write to one file. Python's own `.incomplete`
 * files are left alone: its parallel downloader leaves holes in them.
 */
import { createHash, type Hash, randomBytes } from "node:crypto";
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { TunesmithError } from "../protocol/errors.ts";
import { asWriteError, errorCode } from "../protocol/refusals.ts";
import { renameOver } from "./atomic.ts";
import { type HubClient, reasonOf, retrying, unreachable } from "./hub-client.ts";

/** A connection that says nothing for this long is given up. */
const silenceMs = 30_000;

/** A file as the hub lists it. */
export interface HubFile {
  /** Name in the repository. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Hex; also the blob's name: SHA-256 of LFS files, SHA-1 of the others as git computes it. */
  readonly etag: string;
}

export interface DownloadContext {
  readonly client: HubClient;
  readonly signal?: AbortSignal;
  /** First pause before a retry, in milliseconds; each further one doubles. */
  readonly delayMs: number;
  /** Bytes that came, also those found from an earlier try; negative when they had to be thrown away. */
  readonly onBytes: (count: number) => void;
}

/**
 * Downloads one file to `blob`.
 *
 * @throws `hub-…`, `disk-full`, the signal's reason. What has arrived stays for the next try, unless it is wrong.
 */
export async function downloadBlob(
  url: string,
  file: HubFile,
  blob: string,
  context: DownloadContext,
): Promise<void> {
  const part = join(
    dirname(blob),
    `${file.etag}.${host}-${process.pid}-${randomBytes(4).toString("hex")}.incomplete`,
  );
  const claimed = await claimEarlier(part, file.etag);
  let keep = true;
  try {
    const handle = await open(part, claimed ? "r+" : "wx+");
    try {
      const arrived = await Arrived.of(handle, file, context.onBytes);
      const resumed = arrived.length > 0;
      try {
        await complete(url, file, arrived, context);
      } catch (error) {
        if (!resumed || !isCorrupt(error)) throw error;
        // The fault may lie in the earlier part.
        await arrived.restart();
        await complete(url, file, arrived, context);
      }
      await handle.sync();
    } catch (error) {
      keep = !isCorrupt(error);
      throw error;
    } finally {
      await handle.close();
    }
    await renameOver(part, blob);
    for (const name of await leftOver(dirname(blob), file.etag))
      await rm(join(dirname(blob), name), { force: true });
  } catch (error) {
    if (keep) await rename(part, join(dirname(blob), unclaimed(file.etag))).catch(() => {});
    else await rm(part, { force: true });
    throw asWriteError(error, blob, { bytesNeeded: file.size });
  }
}

const isCorrupt = (error: unknown): boolean =>
  error instanceof TunesmithError && error.code === "hub-corrupt";

const host = hostname().replace(/\W/g, "_");

/** Names of parts of `etag` that earlier tries left in `blobs`, and that no living process writes to. */
export async function leftOver(blobs: string, etag: string): Promise<string[]> {
  const names = await readdir(blobs).catch(() => []);
  return names.filter((name) => {
    if (!name.startsWith(`${etag}.`) || !name.endsWith(".incomplete")) return false;
    if (name === unclaimed(etag)) return true;
    const [writer, pid] = name.slice(etag.length + 1).split("-");
    return writer === host && !isAlive(Number(pid));
  });
}

const unclaimed = (etag: string): string => `${etag}.tunesmith.incomplete`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/** Takes over what an earlier try left, as `part`; says whether there was anything. */
async function claimEarlier(part: string, etag: string): Promise<boolean> {
  for (const name of await leftOver(dirname(part), etag)) {
    try {
      await rename(join(dirname(part), name), part);
      return true;
    } catch {
      // Another process was faster; there may be one more.
    }
  }
  return false;
}

/** What has arrived of a file, and the hash of it so far. */
class Arrived {
  length = 0;
  #hash: Hash;
  readonly #handle: FileHandle;
  readonly #file: HubFile;
  readonly #onBytes: (count: number) => void;

  private constructor(handle: FileHandle, file: HubFile, onBytes: (count: number) => void) {
    this.#handle = handle;
    this.#file = file;
    this.#onBytes = onBytes;
    this.#hash = startHash(file);
  }

  /** Hashes what is in the file already. */
  static async of(handle: FileHandle, file: HubFile, onBytes: (count: number) => void): Promise<Arrived> {
    const arrived = new Arrived(handle, file, onBytes);
    const buffer = Buffer.alloc(1 << 20);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, arrived.length);
      if (bytesRead === 0) break;
      arrived.#count(buffer.subarray(0, bytesRead));
    }
    if (arrived.length > file.size) await arrived.restart();
    return arrived;
  }

  async add(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength; ) {
      at += (await this.#handle.write(bytes, at, bytes.byteLength - at, this.length + at)).bytesWritten;
    }
    this.#count(bytes);
  }

  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.#onBytes(-this.length);
    this.length = 0;
    this.#hash = startHash(this.#file);
  }

  /** Hex digest; ends the hash. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  #count(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.length += bytes.byteLength;
    this.#onBytes(bytes.byteLength);
  }
}

/** Git hashes a small file as "blob <size>\0" and its bytes. */
function startHash({ etag, size }: HubFile): Hash {
  return etag.length === 64 ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}

async function complete(
  url: string,
  file: HubFile,
  arrived: Arrived,
  context: DownloadContext,
): Promise<void> {
  const { signal, delayMs } = context;
  let before = arrived.length;
  const progressed = () => {
    const further = arrived.length > before;
    before = arrived.length;
    return further;
  };
  await retrying(() => fetchRest(url, file, arrived, context), { signal, delayMs, progressed });
  const found = arrived.digest();
  if (found !== file.etag) {
    throw corrupt(file, `its hash is ${found}, but should be ${file.etag}`);
  }
}

/** One request for what is missing. */
async function fetchRest(
  url: string,
  file: HubFile,
  arrived: Arrived,
  { client, signal }: DownloadContext,
): Promise<void> {
  if (arrived.length === file.size) return;
  const server = new URL(url).host;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), silenceMs);
  try {
    // Compressed on the way, a file's ranges would be those of the compressed bytes.
    const headers: Record<string, string> = { "accept-encoding": "identity" };
    if (arrived.length > 0) headers.range = `bytes=${arrived.length}-`;
    const response = await client.fetch(url, {
      headers,
      signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
    });
    if (arrived.length > 0 && !continuesAt(response, arrived.length)) await arrived.restart();
    for await (const bytes of response.body ?? []) {
      timer.refresh();
      if (arrived.length + bytes.byteLength > file.size)
        throw corrupt(file, `it is longer than its ${file.size} bytes`);
      await arrived.add(bytes);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (silence.signal.aborted)
      throw unreachable(server, `nothing came for ${silenceMs / 1000} seconds`, error);
    // Errors of the disk carry the call that failed; those of the connection do not.
    if (error instanceof TunesmithError || (error instanceof Error && "syscall" in error)) throw error;
    throw unreachable(server, reasonOf(error), error);
  } finally {
    clearTimeout(timer);
  }
  if (arrived.length < file.size) throw unreachable(server, "the connection ended early");
}

function continuesAt(response: Response, position: number): boolean {
  if (response.status !== 206) return false;
  return response.headers.get("content-range")?.startsWith(`bytes ${position}-`) ?? false;
}

function corrupt({ name, etag }: HubFile, what: string): TunesmithError {
  return new TunesmithError(
    "hub-corrupt",
    `${basename(name)} arrived damaged: ${what}`,
    `Try again; if it stays so, a proxy or mirror changes the file on its way (${etag.slice(0, 8)}…).`,
  );
}
