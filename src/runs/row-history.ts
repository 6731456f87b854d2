/** What runs have learned of a dataset's rows, read from their directories (`rows.jsonl`). */
import { realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { type RowEpoch, type RowHistory, rowHistory } from "../evaluate/cartography.ts";
import { isJsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { parseJobDescription, runNames } from "./directory.ts";
import { readJson } from "./durable.ts";
import { files } from "./layout.ts";
import { type NamedRows, type RowLogContent, readRowLog, type SeenRows } from "./row-log.ts";

/** A row that was trained on. */
export interface TrainedRow {
  /** Absolute path of its dataset file, and the first line of its record there when the run began, from 1. */
  path: string;
  line: number;
  /** What it said (`rowHash`), to find it again in an edited file. */
  hash: string;
  history: RowHistory;
}

export interface RunRows {
  /** In the order of the file; a row that was not met yet is left out. */
  rows: TrainedRow[];
}

/**
 * The rows of a run, at any moment of it. Torn and damaged lines are left out: their rows were met in fewer epochs then.
 *
 * @returns undefined where nothing was recorded
 * @throws `run-corrupt` where what was recorded cannot be read, or nothing tells of which rows it is
 */
export function readRowHistory(runDirectory: string): RunRows | undefined {
  const path = join(runDirectory, files.rows);
  let content: RowLogContent;
  try {
    content = readRowLog(runDirectory);
  } catch (error) {
    throw corrupt(path, error instanceof Error ? error.message : String(error), error);
  }
  const { rows, steps, damaged } = content;
  if (rows) return { rows: trainedRows(rows, steps) };
  if (steps.length === 0 && damaged === 0) return undefined;
  throw corrupt(path, "no whole line of it names the rows");
}

/**
 * The latest run in a folder of runs that trained on a dataset file: one that has met every row, or, without such a run,
 * one that has met any. Runs that cannot be read are passed over.
 */
export function latestHistoryFor(
  datasetPath: string,
  runsFolder: string,
): (RunRows & { /** Absolute. */ directory: string }) | undefined {
  let begun: (RunRows & { directory: string }) | undefined;
  for (const directory of runsOn(realPath(datasetPath), runsFolder)) {
    try {
      const content = readRowLog(directory);
      if (!content.rows) continue;
      const rows = trainedRows(content.rows, content.steps);
      if (rows.length === content.rows.lines.length) return { directory, rows };
      if (rows.length > 0) begun ??= { directory, rows };
    } catch {
      // Said by whoever opens that run.
    }
  }
  return begun;
}

/** Directories of the tuning runs on a file, the latest first. */
function runsOn(datasetPath: string, runsFolder: string): string[] {
  const found = runNames(runsFolder).flatMap((name) => {
    const directory = resolve(runsFolder, name);
    try {
      const { created } = parseJobDescription(readJson(join(directory, files.job)));
      const recipe = readJson(join(directory, files.recipe));
      const data = isJsonObject(recipe) && isJsonObject(recipe.data) ? recipe.data : {};
      const isOnIt = typeof data.train === "string" && realPath(data.train) === datasetPath;
      return isOnIt ? [{ directory, created: Date.parse(created) }] : [];
    } catch {
      return [];
    }
  });
  return found.sort((a, b) => b.created - a.created).map(({ directory }) => directory);
}

function trainedRows(named: NamedRows, steps: readonly SeenRows[]): TrainedRow[] {
  const epochs = named.lines.map(() => new Map<number, RowEpoch>());
  for (const { epoch, rows, nll, tokens, sure } of steps) {
    for (const [i, row] of rows.entries()) {
      const met = epochs[row]!.get(epoch) ?? { epoch, nll: 0, tokens: 0, sure: 0 };
      met.nll += nll[i]!;
      met.tokens += tokens[i]!;
      met.sure += sure[i]!;
      epochs[row]!.set(epoch, met);
    }
  }
  return named.lines.flatMap((line, row): TrainedRow[] => {
    const hash = named.hashes[row]!;
    // A long text is met in parts: only once all of them were, is it comparable with other epochs.
    const whole = [...epochs[row]!.values()].filter(
      ({ tokens }) => tokens > 0 && tokens === named.tokens[row],
    );
    return whole.length === 0 ? [] : [{ path: named.path, line, hash, history: rowHistory(whole) }];
  });
}

/** One name for one file: a workspace may be reached through links. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}

function corrupt(path: string, what: string, cause?: unknown): TunesmithError {
  return new TunesmithError(
    "run-corrupt",
    `${path} cannot be read: ${what}`,
    "What the run has learned of each row is lost; its result is not. Start the recipe again for another record.",
    { cause },
  );
}
