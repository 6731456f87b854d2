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
import { addEvent, emptyHistory, type RunEvent, type RunHistory, type RunState } from "./schema.ts";

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
  return new RunFollower(directory).look().run;
}

/** Follows a run: each look reads only the events that are new, and whatever else may have changed. */
export class RunFollower {
  readonly directory: string;
  readonly #tail: EventTail;
  readonly #history = emptyHistory();
  /** Damaged events; what is damaged beside them is looked at anew each time. */
  readonly #damaged: string[] = [];
  #result: { mark: string | undefined; value: unknown } = { mark: undefined, value: undefined };
  #written: Pick<RunSummary, "job" | "recipe" | "comparison"> | undefined;

  constructor(directory: string) {
    this.directory = directory;
    this.#tail = new EventTail(directory);
  }

  /** The run as it stands, whose history grows in place, and the events since the last look. Never throws. */
  look(): { run: RunSummary; events: RunEvent[] } {
    const { directory } = this;
    const problems: string[] = [];
    const attempt = <T>(read: () => T): T | null => {
      try {
        return read();
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
        return null;
      }
    };
    const written = this.#written ?? readDescription(directory, attempt);
    // Written once: what could be read needs no second look.
    if (problems.length === 0) this.#written = written;
    // Before the events: a job says its last word and then lets go, and must not be found gone without that word.
    const holder = attempt(() => inspectLock(directory)) ?? { attempt: 0, held: false, process: null };
    const lines = attempt(() => this.#tail.read());
    for (const event of lines?.events ?? []) addEvent(this.#history, event);
    this.#damaged.push(...(lines?.problems ?? []));
    const result = attempt(() => this.#readResult()) ?? null;
    const readable = (written.recipe ?? written.comparison) !== null && lines !== null;
    const run: RunSummary = {
      directory,
      id: basename(directory),
      state: readable ? stateOf(this.#history, holder) : "unreadable",
      ...written,
      history: this.#history,
      holder,
      result,
      problems: [...problems, ...this.#damaged],
    };
    return { run, events: lines?.events ?? [] };
  }

  /** A comparison's is megabytes: read again only when it was replaced, which gives the file another number. */
  #readResult(): unknown {
    const path = join(this.directory, files.result);
    const found = statSync(path, { throwIfNoEntry: false });
    const mark = found && `${found.ino} ${found.size} ${found.mtimeMs}`;
    if (mark !== this.#result.mark) this.#result = { mark, value: readJson(path) };
    return this.#result.value;
  }
}

/** The files that are written once, before the first attempt. */
function readDescription(
  directory: string,
  attempt: <T>(read: () => T) => T | null,
): Pick<RunSummary, "job" | "recipe" | "comparison"> {
  const parsed = <T>(file: string, parse: (value: unknown) => T): T | null =>
    attempt(() => {
      const value = readJson(join(directory, file));
      if (value === undefined) throw new Error(`${file} is missing`);
      return parse(value);
    });
  const job = parsed(files.job, parseJobDescription);
  return {
    job,
    recipe: job?.kind === "tune" ? parsed(files.recipe, (value) => resolveRecipe(value, directory)) : null,
    comparison: job?.kind === "compare" ? parsed(files.comparison, parseComparison) : null,
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
