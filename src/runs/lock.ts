/**
 * Who may write in a run directory: at most one process, ever, whatever is killed when.
 *
 * Locks are numbered files, `lock/000001.json`, `lock/000002.json`, …, and the highest number holds the directory; the
 * number is also the attempt's. Taking the directory is creating the next number, which the file system lets exactly one
 * process do. So a dead holder's lock is never deleted before another takes over, and the classic race (two processes
 * find the same dead lock, the slower one deletes the faster one's new lock) cannot happen. A released lock stays as a
 * mark, so that no number is used twice.
 *
 * A holder counts as gone when it said so, when its process ended, or, where its process cannot be seen (another machine
 * on a shared folder), when its heartbeat stopped. That last guess can be wrong, so a holder looks before every write
 * that matters whether a higher number has appeared, and then gives up (`verify`).
 */
import { closeSync, fsyncSync, openSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryBeside } from "../files/temporary.ts";
import { isJsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { errorCode, isMissing } from "../protocol/refusals.ts";
import { asRunWriteError, makeFolder, readJson, writeFully, writeJsonDurably } from "./durable.ts";
import { files } from "./layout.ts";
import { livenessOf, ownIdentity, type ProcessIdentity } from "./processes.ts";

/** A heartbeat comes every few seconds, but one call into ONNX Runtime or one large file can delay it by minutes. */
export const heartbeatEveryMs = 5_000;
export const heartbeatStaleMs = 10 * 60_000;
/** A lock file that is still empty belongs to a process that has just created it, or that died doing so. */
const unfinishedStaleMs = 10_000;

interface LockRecord extends ProcessIdentity {
  attempt: number;
  released: boolean;
}

/** What an observer finds. */
export interface Holder {
  /** 0 when the directory was never held. */
  attempt: number;
  held: boolean;
  /** Null while the lock file cannot be read. */
  process: ProcessIdentity | null;
}

/** Looks who holds a run directory. `now` is the time on the file system's clock. */
export function inspectLock(directory: string, now = Date.now()): Holder {
  const attempt = highestLock(directory);
  if (attempt === 0) return { attempt, held: false, process: null };
  const path = lockPath(directory, attempt);
  const quietFor = now - Math.max(modified(path), modified(join(directory, files.lock, files.heartbeat)));
  const record = readLock(path);
  if (record === "unfinished")
    return { attempt, held: now - modified(path) < unfinishedStaleMs, process: null };
  if (record === "damaged") return { attempt, held: quietFor < heartbeatStaleMs, process: null };
  const liveness = record.released ? "dead" : livenessOf(record);
  const held = liveness === "alive" || (liveness !== "dead" && quietFor < heartbeatStaleMs);
  return { attempt, held, process: record };
}

function readLock(path: string): LockRecord | "unfinished" | "damaged" {
  if (statSync(path, { throwIfNoEntry: false })?.size === 0) return "unfinished";
  try {
    const record = readJson(path);
    return isLockRecord(record) ? record : "damaged";
  } catch {
    return "damaged";
  }
}

/** The right to write in a run directory, for the life of one process. */
export class RunLock {
  readonly attempt: number;
  readonly #directory: string;
  #lastBeat = 0;

  /** @throws `run-locked` naming the holder; `run-not-found`; `disk-full` */
  static acquire(directory: string): RunLock {
    try {
      makeFolder(join(directory, files.lock));
    } catch (error) {
      throw asRunWriteError(error, join(directory, files.lock));
    }
    for (;;) {
      const holder = inspectLock(directory, fileSystemTime(directory));
      if (holder.held) throw lockedBy(holder, directory);
      const attempt = holder.attempt + 1;
      if (createLock(directory, attempt)) return new RunLock(directory, attempt);
    }
  }

  private constructor(directory: string, attempt: number) {
    this.#directory = directory;
    this.attempt = attempt;
    // A slow process may have taken a number below the present holder's, whose earlier locks are gone already.
    if (highestLock(directory) > attempt) {
      rmSync(lockPath(directory, attempt), { force: true });
      throw lockedBy(inspectLock(directory), directory);
    }
    for (const earlier of lockNumbers(directory)) {
      if (earlier < attempt) rmSync(lockPath(directory, earlier), { force: true });
    }
    this.beat();
  }

  /** Gives a sign of life, at most every few seconds, and checks that the directory is still ours. */
  beat(): void {
    if (Date.now() - this.#lastBeat < heartbeatEveryMs) return;
    this.verify();
    this.#lastBeat = Date.now();
    const path = join(this.#directory, files.lock, files.heartbeat);
    try {
      // Written, not touched: then its time is the file system's own clock, also on a network share.
      writeFileSync(path, String(this.#lastBeat));
    } catch (error) {
      throw asRunWriteError(error, path);
    }
  }

  /** @throws `run-locked` when another process took over; `run-not-found` when the directory is gone */
  verify(): void {
    const highest = highestLock(this.#directory);
    if (highest === this.attempt) return;
    if (highest > this.attempt) throw lockedBy(inspectLock(this.#directory), this.#directory);
    const hint = "Somebody removed or moved it while the run was going on.";
    throw new TunesmithError(
      "run-not-found",
      `the run directory ${this.#directory} or its lock is gone`,
      hint,
    );
  }

  /** Lets the next one in. */
  release(): void {
    this.verify();
    writeJsonDurably(lockPath(this.#directory, this.attempt), recordOf(this.attempt, true));
  }
}

/** Creates a lock file with its content; false if that number is taken. */
function createLock(directory: string, attempt: number): boolean {
  const path = lockPath(directory, attempt);
  let file: number;
  try {
    file = openSync(path, "wx");
  } catch (error) {
    // Windows answers EPERM while another process is removing a file of that name.
    if (errorCode(error) === "EEXIST" || (process.platform === "win32" && errorCode(error) === "EPERM"))
      return false;
    throw asRunWriteError(error, path);
  }
  try {
    writeFully(file, JSON.stringify(recordOf(attempt, false)));
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw asRunWriteError(error, path);
  } finally {
    closeSync(file);
  }
  return true;
}

function recordOf(attempt: number, released: boolean): LockRecord {
  return { attempt, released, ...ownIdentity() };
}

function isLockRecord(value: unknown): value is LockRecord {
  return (
    isJsonObject(value) &&
    Number.isSafeInteger(value.attempt) &&
    Number.isSafeInteger(value.pid) &&
    (value.pid as number) > 0 &&
    typeof value.released === "boolean" &&
    typeof value.host === "string" &&
    typeof value.machine === "string" &&
    (value.startTime === null || typeof value.startTime === "string")
  );
}

function lockedBy(holder: Holder, directory: string): TunesmithError {
  const { process: by } = holder;
  const who = by ? `process ${by.pid} on ${by.host}` : "another process";
  return new TunesmithError(
    "run-locked",
    `${directory} is in use by ${who}`,
    `Follow it with \`tunesmith runs\`, or end it with \`tunesmith pause\`. If that process no longer exists, delete ${lockPath(directory, holder.attempt)}.`,
  );
}

function lockPath(directory: string, attempt: number): string {
  return join(directory, files.lock, `${String(attempt).padStart(6, "0")}.json`);
}

function lockNumbers(directory: string): number[] {
  try {
    return readdirSync(join(directory, files.lock)).flatMap((name) =>
      /^\d{6,}\.json$/.test(name) ? [Number.parseInt(name, 10)] : [],
    );
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function highestLock(directory: string): number {
  return Math.max(0, ...lockNumbers(directory));
}

/** Milliseconds since 1970 of a file's last change; 0 if there is none. */
function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The time that a file written now would get: a share's clock need not agree with ours. */
function fileSystemTime(directory: string): number {
  const probe = temporaryBeside(join(directory, files.lock, files.heartbeat));
  try {
    writeFileSync(probe, "", { flag: "wx" });
    return modified(probe);
  } catch (error) {
    throw asRunWriteError(error, probe);
  } finally {
    rmSync(probe, { force: true });
  }
}
