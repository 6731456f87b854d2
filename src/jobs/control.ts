/** Pause, resume and stop a run from outside, whatever state it is in. */
import { setTimeout as sleep } from "node:timers/promises";
import { TunesmithError } from "../protocol/errors.ts";
import { listCheckpoints } from "../runs/checkpoints.ts";
import { readRequest, writeRequest } from "../runs/control.ts";
import { openRun, type RunSummary, readRun } from "../runs/reader.ts";
import { isActive } from "../runs/schema.ts";
import { type JobProgram, spawnJob } from "./spawn.ts";

const lookEveryMs = 100;

/**
 * Asks a running job to save and end; it does so after its current step.
 *
 * @throws `run-state` when it does not run
 */
export function pauseRun(directory: string): void {
  const run = openRun(directory);
  if (!isActive(run)) throw notRunning(run, "paused");
  writeRequest(directory, run.holder.attempt, "pause");
}

/**
 * Ends a run and keeps what it has learned as the result. One that is not running is started for that: it writes the
 * result from its last checkpoint.
 *
 * @throws `run-state` when it has ended, or has saved nothing yet
 */
export async function stopRun(directory: string, program?: JobProgram): Promise<void> {
  const run = openRun(directory);
  if (run.comparison) {
    const hint = "`tunesmith pause` ends it for now, and `tunesmith resume` lets it go on.";
    throw new TunesmithError(
      "run-state",
      `${run.id} is a comparison, which has no result before its end`,
      hint,
    );
  }
  if (isActive(run)) return writeRequest(directory, run.holder.attempt, "stop");
  if (run.state === "done" || run.state === "stopped") throw notRunning(run, "stopped");
  if (listCheckpoints(directory).length === 0) {
    const hint = "Delete its folder, or let it go on with `tunesmith resume`.";
    throw new TunesmithError("run-state", `the run ${run.id} has saved nothing yet that could be kept`, hint);
  }
  writeRequest(directory, run.holder.attempt + 1, "stop");
  await spawnJob(directory, program);
}

/**
 * Lets a run go on from its last checkpoint: a new process, unless a running one was only asked to pause.
 *
 * @throws `run-state` when it is finished or running already
 */
export async function resumeRun(directory: string, program?: JobProgram): Promise<void> {
  let run = openRun(directory);
  if (isActive(run)) {
    if (readRequest(directory, run.holder.attempt) !== "pause") {
      throw new TunesmithError(
        "run-state",
        `the run ${run.id} is running`,
        "Follow it with `tunesmith runs`.",
      );
    }
    writeRequest(directory, run.holder.attempt, "resume");
    run = await untilDecided(directory);
    if (isActive(run) || run.state === "done") return;
  }
  if (run.state === "done") {
    throw new TunesmithError(
      "run-state",
      `the run ${run.id} is finished`,
      "Start the recipe again for another run.",
    );
  }
  await untilReleased(directory);
  await spawnJob(directory, program);
}

/** Waits until a job that was asked to pause, and then not to, has made its next step or has ended. */
async function untilDecided(directory: string): Promise<RunSummary> {
  const before = lastStep(readRun(directory));
  for (;;) {
    const run = readRun(directory);
    if (!isActive(run) || lastStep(run) > before) return run;
    await sleep(lookEveryMs);
  }
}

/** A job that has just said its last word may still hold the directory for a moment. */
async function untilReleased(directory: string): Promise<void> {
  for (let look = 0; look < 50 && readRun(directory).holder.held; look++) await sleep(lookEveryMs);
}

function lastStep({ history }: RunSummary): number {
  return history.steps.at(-1)?.step ?? 0;
}

function notRunning({ id, state }: RunSummary, wanted: string): TunesmithError {
  const hint = state === "done" ? "" : "`tunesmith resume` lets it go on.";
  return new TunesmithError("run-state", `the run ${id} is ${state} and cannot be ${wanted}`, hint);
}
