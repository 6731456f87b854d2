/** Makes job directories, and finds them again by what a person types. */
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { temporaryBeside } from "../files/temporary.ts";
import { isJsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { errorCode } from "../protocol/refusals.ts";
import { nearest } from "../protocol/suggest.ts";
import { asRunWriteError, removeFolder, renameDurably, writeJsonDurably } from "./durable.ts";
import { files, runId, runsFolder } from "./layout.ts";
import type { Recipe } from "./recipe.ts";
import { type JobKind, jobKinds, runVersion } from "./schema.ts";

/** What a comparison does: `comparison.json`. */
export interface ComparisonSettings {
  /** Absolute directory of the run whose result is compared with its base model. */
  run: string;
  /** How many examples precede the question, for each way of prompting; 0 is zero-shot. */
  shots: number[];
  /** At most this many test rows; null for all. */
  limit: number | null;
  /** Absolute file of test rows instead of the recipe's; null for the recipe's. */
  test: string | null;
}

/** `job.json` */
export interface JobDescription {
  version: number;
  kind: JobKind;
  name: string;
  /** ISO 8601, UTC. */
  created: string;
}

/**
 * Makes the directory of a tuning run, whole or not at all.
 *
 * @param place a folder for runs (the directory gets a name of its own), or the directory itself
 * @returns its absolute path
 * @throws `run-state` when `place.directory` already holds something; `disk-full`, `file-unwritable`
 */
export function createRun(
  name: string,
  recipe: Recipe,
  place: { root: string } | { directory: string },
): string {
  return createJob("tune", name, { [files.recipe]: recipe }, place);
}

/** Makes the directory of a comparison, inside its run's. */
export function createComparison(settings: ComparisonSettings): string {
  const root = join(settings.run, files.comparisons);
  return createJob("compare", "", { [files.comparison]: settings }, { root });
}

function createJob(
  kind: JobKind,
  name: string,
  content: Record<string, unknown>,
  place: { root: string } | { directory: string },
): string {
  const created = new Date();
  const wanted = resolve("root" in place ? join(place.root, runId(name, created)) : place.directory);
  const unfinished = temporaryBeside(wanted);
  try {
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(unfinished, files.gitignore), "*\n");
    const description: JobDescription = {
      version: runVersion,
      kind,
      name: name || basename(wanted),
      created: created.toISOString(),
    };
    writeJsonDurably(join(unfinished, files.job), description);
    for (const [file, value] of Object.entries(content)) writeJsonDurably(join(unfinished, file), value);
    if ("root" in place) return nameUniquely(unfinished, wanted);
    if (!renameIfFree(unfinished, wanted)) {
      const hint = existsSync(join(wanted, files.job))
        ? `It is a run already: go on with \`tunesmith resume ${wanted}\`, or give another folder.`
        : "Give a folder that is empty or does not exist.";
      throw new TunesmithError("run-state", `${wanted} already holds something`, hint);
    }
    return wanted;
  } catch (error) {
    removeFolder(unfinished);
    throw asRunWriteError(error, wanted);
  }
}

function nameUniquely(unfinished: string, wanted: string): string {
  for (let number = 1; ; number++) {
    const path = number === 1 ? wanted : `${wanted}-${number}`;
    if (renameIfFree(unfinished, path)) return path;
  }
}

/** Renames a folder unless something (other than an empty folder) has the name; false then. */
function renameIfFree(from: string, to: string): boolean {
  try {
    rmdirSync(to); // takes an empty folder only
  } catch (error) {
    if (errorCode(error) !== "ENOENT") return false;
  }
  try {
    renameDurably(from, to);
    return true;
  } catch (error) {
    // Another process took the name in between.
    if (existsSync(to)) return false;
    throw error;
  }
}

/** Checks `job.json`'s value. @throws Error saying what is wrong */
export function parseJobDescription(value: unknown): JobDescription {
  if (!isJsonObject(value)) throw new Error(`${files.job} holds no object`);
  const { version, kind, name, created } = value;
  if (typeof version !== "number") throw new Error(`${files.job} names no version`);
  if (version > runVersion) {
    throw new Error(`it was written by a newer Tunesmith (format ${version}, this one reads ${runVersion})`);
  }
  const known = jobKinds.find((each) => each === kind);
  if (!known) throw new Error(`${files.job}: kind is ${JSON.stringify(kind)}`);
  if (typeof name !== "string") throw new Error(`${files.job} has no name`);
  if (typeof created !== "string" || Number.isNaN(Date.parse(created))) {
    throw new Error(`${files.job}: created is ${JSON.stringify(created)}`);
  }
  return { version, kind: known, name, created };
}

/** Checks `comparison.json`'s value. @throws Error saying what is wrong */
export function parseComparison(value: unknown): ComparisonSettings {
  const wrong = (key: string) => new Error(`${files.comparison}: ${key} is missing or damaged`);
  if (!isJsonObject(value)) throw new Error(`${files.comparison} is missing or damaged`);
  const { run, shots, limit, test } = value;
  if (typeof run !== "string") throw wrong("run");
  if (!Array.isArray(shots) || !shots.every((each) => Number.isSafeInteger(each) && each >= 0))
    throw wrong("shots");
  if (limit !== null && !(typeof limit === "number" && Number.isSafeInteger(limit) && limit > 0))
    throw wrong("limit");
  if (test !== null && typeof test !== "string") throw wrong("test");
  return { run, shots, limit, test };
}

/** The folder of runs that belongs to `from`: the nearest `.tunesmith/runs` there or above; undefined if none. */
export function findRunsFolder(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const candidate = join(folder, runsFolder);
    if (statSync(candidate, { throwIfNoEntry: false })?.isDirectory()) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * The run a person means: a directory, a run's whole name, or a part of the name that only one run has.
 *
 * @throws `run-not-found`, with the names there are or the several that fit
 */
export function findRun(typed: string, from: string): string {
  const directory = resolve(from, typed);
  if (existsSync(join(directory, files.job))) return directory;
  const folder = findRunsFolder(from);
  const names = folder ? runNames(folder) : [];
  const exact = names.filter((name) => name === typed);
  const fitting = exact.length > 0 ? exact : names.filter((name) => name.includes(typed));
  if (folder && fitting.length === 1) return join(folder, fitting[0]!);
  if (fitting.length > 1) {
    const hint = "Give more of the name, or the run's folder.";
    throw new TunesmithError(
      "run-not-found",
      `"${typed}" fits ${fitting.length} runs: ${fitting.join(", ")}`,
      hint,
    );
  }
  const near = nearest(typed, names);
  const hint = near
    ? `Did you mean "${near}"?`
    : folder
      ? "`tunesmith runs` lists those there are."
      : `There is no ${runsFolder} here or above: give the run's folder.`;
  throw new TunesmithError("run-not-found", `there is no run "${typed}"`, hint);
}

/** Names of the run directories in a folder, oldest first. Unfinished ones start with a dot. */
export function runNames(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}
