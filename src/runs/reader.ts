/** Reads a job's directory into one object. Whatever is damaged is said, never thrown: a list must survive one bad run. */
import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { TunesmithError } from "../protocol/errors.ts";
import {
  type ComparisonSettings,
  type JobDescription,
  parseComparison,
  parseJobDescription,
  runNames,
} from "./directory.ts";
import { readJson } from "./durable.ts";
import { EventTail } from "./events.ts";
import { files } from "./layout.ts";
import { type Holder, inspectLock } from "./lock.ts";
import { type Recipe, resolveRecipe } from "./recipe.ts";
import { addEvent, emptyHistory, type Outcome, type RunHistory } from "./schema.ts";

/**
 * How the last attempt ended, or what an observer finds instead: `created` (never started), `starting` (held, but nothing
 * said yet), `running`, `interrupted` (its process is gone without a word), `unreadable`.
 */
export type RunState = Outcome | "created" | "starting" | "running" | "interrupted" | "unreadable";

export interface RunSummary {
  /** Absolute path, and its last part. */
  directory: string;
  id: string;
  state: RunState;
  /** Null when `job.json` cannot be read; likewise the recipe (of a tuning run) and the comparison's settings. */
  job: JobDescription | null;
  recipe: Recipe | null;
  comparison: ComparisonSettings | null;
  history: RunHistory;
  holder: Holder;
  /** `result.json`, whose content is the job's own. */
  result: unknown;
  /** What was damaged or missing, in words. */
  problems: string[];
}

/** Reads everything but checkpoints' contents. Never throws. */
export function readRun(directory: string): RunSummary {
  const problems: string[] = [];
  const attempt = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      return null;
    }
  };
  const parsed = <T>(file: string, parse: (value: unknown) => T): T | null =>
    attempt(() => {
      const value = readJson(join(directory, file));
      if (value === undefined) throw new Error(`${file} is missing`);
      return parse(value);
    });

  const job = parsed(files.job, parseJobDescription);
  const recipe =
    job?.kind === "tune" ? parsed(files.recipe, (value) => resolveRecipe(value, directory)) : null;
  const comparison = job?.kind === "compare" ? parsed(files.comparison, parseComparison) : null;
  // Before the events: a job says its last word and then lets go, and must not be found gone without that word.
  const holder = attempt(() => inspectLock(directory)) ?? { attempt: 0, held: false, process: null };
  const history = emptyHistory();
  const lines = attempt(() => new EventTail(directory).read());
  problems.push(...(lines?.problems ?? []));
  for (const event of lines?.events ?? []) addEvent(history, event);
  const result = attempt(() => readJson(join(directory, files.result))) ?? null;
  const readable = (recipe ?? comparison) !== null && lines !== null;
  const state = readable ? stateOf(history, holder) : "unreadable";
  return {
    directory,
    id: basename(directory),
    state,
    job,
    recipe,
    comparison,
    history,
    holder,
    result,
    problems,
  };
}

/**
 * A run's state: what its last attempt said, or what the lock tells of one that said nothing.
 *
 * @param holder as found before the events were read
 */
export function stateOf({ ended, attempts }: RunHistory, holder: Holder): RunState {
  if (ended && ended.attempt >= holder.attempt) return ended.outcome;
  const speaking = attempts.at(-1)?.attempt ?? 0;
  // One that took the directory between the two looks.
  if (speaking > holder.attempt) return "running";
  if (holder.held) return speaking === holder.attempt ? "running" : "starting";
  return holder.attempt === 0 ? "created" : "interrupted";
}

/** As `readRun`, for one that is to be worked with. @throws `run-not-found`, `run-corrupt` */
export function openRun(directory: string): RunSummary {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new TunesmithError(
      "run-not-found",
      `${directory} is no run directory`,
      "`tunesmith runs` lists those there are.",
    );
  }
  const run = readRun(directory);
  if (run.state === "unreadable") {
    const hint =
      "Its files were altered or lost; a result already written in it is still good. Start the recipe again.";
    throw new TunesmithError("run-corrupt", `${directory} cannot be read: ${run.problems.join("; ")}`, hint);
  }
  return run;
}

/** All runs of a folder, oldest first. */
export function listRuns(folder: string): RunSummary[] {
  return runNames(folder).map((name) => readRun(join(folder, name)));
}
