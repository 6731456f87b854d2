/**
 * Checkpoints: folders that appear whole, know their own checksums, and are thinned to the last two and the best one.
 * A damaged one is found when it is opened, and the one before it is used.
 */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { temporaryBeside } from "../files/temporary.ts";
import { isJsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { errorCode } from "../protocol/refusals.ts";
import {
  asRunWriteError,
  makeFolder,
  readJson,
  removeFolder,
  renameDurably,
  syncFolder,
  writeJsonDurably,
} from "./durable.ts";
import { checkpointName, checkpointStep, files } from "./layout.ts";

export interface Checkpoint {
  step: number;
  /** Absolute folder. */
  path: string;
  /** Null when no validation belongs to it. */
  validationLoss: number | null;
}

interface Manifest {
  step: number;
  validationLoss: number | null;
  files: Record<string, { bytes: number; sha256: string }>;
}

/** How many of the last checkpoints stay, beside the best one. */
export const keptCheckpoints = 2;

/**
 * Writes a checkpoint: `fill` puts plain files into an empty folder, which then gets a manifest and its name. Older ones
 * are removed only after that.
 *
 * @throws `disk-full` and whatever `fill` throws; earlier checkpoints are then untouched
 */
export async function writeCheckpoint(
  directory: string,
  step: number,
  validationLoss: number | null,
  fill: (folder: string) => Promise<void> | void,
): Promise<Checkpoint> {
  const path = join(directory, files.checkpoints, checkpointName(step));
  const temporary = temporaryBeside(path);
  const replaced = temporaryBeside(path);
  try {
    makeFolder(join(directory, files.checkpoints));
    mkdirSync(temporary);
    await fill(temporary);
    const manifest: Manifest = { step, validationLoss, files: {} };
    for (const name of readdirSync(temporary).sort())
      manifest.files[name] = digest(join(temporary, name), true);
    writeJsonDurably(join(temporary, files.manifest), { ...manifest, sha256: textDigest(manifest) });
    syncFolder(temporary);
    // An attempt that went on from an earlier step comes by here again. Only a complete folder is ever replaced.
    if (statSync(path, { throwIfNoEntry: false })) renameDurably(path, replaced);
    renameDurably(temporary, path);
  } catch (error) {
    removeFolder(temporary);
    throw asRunWriteError(error, path);
  }
  removeFolder(replaced);
  thinCheckpoints(directory);
  return { step, path, validationLoss };
}

/** Checkpoints whose manifest can be read, oldest first; their files are not checked. */
export function listCheckpoints(directory: string): Checkpoint[] {
  return checkpointSteps(directory).flatMap((step) => {
    const path = join(directory, files.checkpoints, checkpointName(step));
    const manifest = readManifest(path);
    return manifest ? [{ step, path, validationLoss: manifest.validationLoss }] : [];
  });
}

/** The checkpoint with the lowest validation loss, the earlier one on a tie. */
export function bestOf(checkpoints: readonly Checkpoint[]): Checkpoint | undefined {
  const measured = checkpoints.filter(({ validationLoss }) => validationLoss !== null);
  return measured.reduce<Checkpoint | undefined>(
    (best, each) => (best === undefined || each.validationLoss! < best.validationLoss! ? each : best),
    undefined,
  );
}

/** @throws `run-corrupt` naming the file that is missing or altered */
export function verifyCheckpoint(path: string): void {
  const damaged = (what: string) =>
    new TunesmithError(
      "run-corrupt",
      `the checkpoint ${path} is damaged: ${what}`,
      "An earlier checkpoint may be whole.",
    );
  const manifest = readManifest(path);
  if (!manifest) throw damaged(`its ${files.manifest} is missing or unreadable`);
  for (const [name, expected] of Object.entries(manifest.files)) {
    let found: { bytes: number; sha256: string };
    try {
      found = digest(join(path, name), false);
    } catch (error) {
      throw damaged(`${name} cannot be read (${errorCode(error) ?? error})`);
    }
    if (found.bytes !== expected.bytes)
      throw damaged(`${name} has ${found.bytes} bytes instead of ${expected.bytes}`);
    if (found.sha256 !== expected.sha256) throw damaged(`the content of ${name} has changed`);
  }
}

/**
 * The newest whole checkpoint, to go on from. Newer ones that are damaged are removed, each with a word to `notice`, and
 * so is what killed processes left unfinished. For the holder of the lock.
 */
export function lastCheckpoint(directory: string, notice: (message: string) => void): Checkpoint | undefined {
  removeUnfinished(directory);
  for (const step of checkpointSteps(directory).reverse()) {
    const path = join(directory, files.checkpoints, checkpointName(step));
    try {
      verifyCheckpoint(path);
      return { step, path, validationLoss: readManifest(path)!.validationLoss };
    } catch (error) {
      if (!(error instanceof TunesmithError)) throw error;
      notice(`${error.message}. It is removed, and an earlier one is used, or the start if there is none.`);
      removeFolder(path);
    }
  }
  return undefined;
}

/** The best of the whole checkpoints, to be the result; a damaged one is passed over, with a word to `notice`. */
export function bestCheckpoint(directory: string, notice: (message: string) => void): Checkpoint | undefined {
  for (let left = listCheckpoints(directory); ; ) {
    const best = bestOf(left);
    if (!best) return undefined;
    try {
      verifyCheckpoint(best.path);
      return best;
    } catch (error) {
      if (!(error instanceof TunesmithError)) throw error;
      notice(`${error.message}. It had the lowest validation loss; the next best is used.`);
      left = left.filter((each) => each !== best);
    }
  }
}

/** Removes all but the last two and the best. */
function thinCheckpoints(directory: string): void {
  const checkpoints = listCheckpoints(directory);
  const kept = [...checkpoints.slice(-keptCheckpoints), bestOf(checkpoints)];
  for (const checkpoint of checkpoints) {
    if (!kept.includes(checkpoint)) removeFolder(checkpoint.path);
  }
}

function removeUnfinished(directory: string): void {
  const folder = join(directory, files.checkpoints);
  for (const name of namesIn(folder)) {
    if (name.startsWith(".")) removeFolder(join(folder, name));
  }
}

/** Ascending. */
function checkpointSteps(directory: string): number[] {
  const steps = namesIn(join(directory, files.checkpoints)).map(checkpointStep);
  return steps.filter((step) => step !== undefined).sort((a, b) => a - b);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

function readManifest(path: string): Manifest | undefined {
  let value: unknown;
  try {
    value = readJson(join(path, files.manifest));
  } catch {
    return undefined;
  }
  return isManifest(value) && checkpointName(value.step) === basename(path) ? value : undefined;
}

/** A manifest with its own checksum: the loss in it decides which checkpoint is the result. */
function isManifest(value: unknown): value is Manifest {
  if (!isJsonObject(value)) return false;
  const { sha256, ...manifest } = value;
  return (
    Number.isSafeInteger(manifest.step) &&
    (manifest.validationLoss === null || Number.isFinite(manifest.validationLoss)) &&
    isJsonObject(manifest.files) &&
    Object.values(manifest.files).every(
      (file) => isJsonObject(file) && Number.isSafeInteger(file.bytes) && typeof file.sha256 === "string",
    ) &&
    sha256 === textDigest(manifest)
  );
}

function textDigest(value: object): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

/** Size and sha256 of a file; `sync` also makes sure that it is on the disk. */
function digest(path: string, sync: boolean): { bytes: number; sha256: string } {
  const hash = createHash("sha256");
  const chunk = Buffer.allocUnsafe(1024 * 1024);
  // Syncing needs the right to write on Windows.
  const file = openSync(path, sync ? "r+" : "r");
  try {
    let bytes = 0;
    for (let got = -1; got !== 0; bytes += got) {
      got = readSync(file, chunk, 0, chunk.length, bytes);
      hash.update(chunk.subarray(0, got));
    }
    if (sync) fsyncSync(file);
    return { bytes, sha256: hash.digest("hex") };
  } finally {
    closeSync(file);
  }
}
