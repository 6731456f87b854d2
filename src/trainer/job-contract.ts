/** What a kind of job provides, and what it is given. `job.ts` does the rest: lock, events, requests, signals, failures. */
import type { Checkpoint } from "../runs/checkpoints.ts";
import type { ComparisonSettings } from "../runs/directory.ts";
import type { Recipe } from "../runs/recipe.ts";
import type { NewEvent, Outcome } from "../runs/schema.ts";

/** What exactness depends on and only the engine knows. */
export interface EngineEnvironment {
  device: string;
  /** Threads that operations use, as set or as chosen by the runtime. */
  threads: number;
  runtimeVersion: string;
}

/** What a running job can see and do. */
export interface JobContext {
  /** The job's own directory, absolute. */
  readonly directory: string;
  /** Which attempt at the job this is, from 1. */
  readonly attempt: number;
  /** When the job was made: the moment its templates tell, however often it goes on. */
  readonly began: Date;
  /** The newest whole checkpoint; undefined for a start from nothing. */
  readonly resumeFrom: Checkpoint | undefined;
  /** Appends an event. @throws `disk-full`; `run-locked` when another process took over */
  write(event: NewEvent): void;
  /** Reports progress, at most a few times a second; the last one (done = total) always. */
  progress(phase: string, done: number, total: number, unit: string): void;
  /**
   * Whether somebody asks to pause or stop. To be called between steps: it also keeps the heartbeat going.
   * After `pause` the job saves a checkpoint and returns "paused"; after `stop` it leaves its result, and "stopped".
   */
  shouldPause(): boolean;
  shouldStop(): boolean;
  /** Saves a checkpoint and says so in the events; see `writeCheckpoint`. */
  checkpoint(
    step: number,
    validationLoss: number | null,
    fill: (folder: string) => Promise<void> | void,
  ): Promise<Checkpoint>;
  /** Writes `result.json`. */
  writeResult(result: object): void;
}

export interface Job<Settings> {
  /** Called before `run`, so that the attempt can be recorded. */
  environment(settings: Settings): Promise<EngineEnvironment>;
  /** Throws on failure. */
  run(context: JobContext, settings: Settings): Promise<Exclude<Outcome, "failed">>;
}

export type TuneJob = Job<Recipe>;
export type CompareJob = Job<ComparisonSettings>;

/** The kinds of job; each is loaded only when it is run. */
export interface Jobs {
  tune: () => Promise<TuneJob>;
  compare: () => Promise<CompareJob>;
}
