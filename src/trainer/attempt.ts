/**
 * One process's turn at a job: takes the directory's lock, runs what the directory describes, and leaves the outcome in
 * it. There is no other channel: what is printed goes to output.log, requests come through control.json.
 *
 * Exit codes: 0 done, paused or stopped; 1 the user's to mend; 2 a bug of ours; 130 ended by a second signal.
 */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { constants, hostname, setPriority } from "node:os";
import { join } from "node:path";
import { internalError, TunesmithError, toErrorRecord } from "../protocol/errors.ts";
import {
  bestOf,
  type Checkpoint,
  lastCheckpoint,
  listCheckpoints,
  writeCheckpoint,
} from "../runs/checkpoints.ts";
import { readRequest } from "../runs/control.ts";
import { writeFileDurably, writeJsonDurably } from "../runs/durable.ts";
import { EventWriter } from "../runs/events.ts";
import { files } from "../runs/layout.ts";
import { heartbeatEveryMs, RunLock } from "../runs/lock.ts";
import { processor } from "../runs/machine.ts";
import { openRun, type RunSummary } from "../runs/reader.ts";
import { environmentChanges, type NewEvent, type Outcome } from "../runs/schema.ts";
import type { Job, JobContext, Jobs } from "./job-contract.ts";

const progressEveryMs = 250;
/** Kept free for the last words of a run whose disk is full. */
const reserveBytes = 64 * 1024;

/**
 * Runs the job of a directory to its end, in this process.
 *
 * @returns the process's exit code
 */
export async function runJob(directory: string, jobs: Jobs): Promise<number> {
  makeWay();
  let attempt: Attempt;
  try {
    attempt = new Attempt(openRun(directory));
  } catch (error) {
    // Without the lock nothing may be written to the directory: whoever started this process reads the line.
    console.error(JSON.stringify({ error: toErrorRecord(error) }));
    return exitCodeOf(error);
  }
  return attempt.run(jobs);
}

/** Low priority, so that the machine stays usable; before any of ONNX Runtime's threads exist, which inherit it. */
function makeWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed everywhere, and nothing depends on it.
  }
}

function exitCodeOf(error: unknown): number {
  return error instanceof TunesmithError && error.blame === "user" ? 1 : 2;
}

class Attempt {
  readonly #run: RunSummary;
  readonly #lock: RunLock;
  readonly #events: EventWriter;
  #signalled = false;
  #lastProgress = { phase: "", time: 0 };

  constructor(run: RunSummary) {
    if (run.state === "done") {
      throw new TunesmithError(
        "run-state",
        `${run.directory} is finished`,
        "Start the recipe again for another run.",
      );
    }
    this.#run = run;
    this.#lock = RunLock.acquire(run.directory);
    try {
      this.#events = new EventWriter(run.directory);
      // Random, so that no file system saves the room.
      writeFileDurably(this.#reserve, randomBytes(reserveBytes / 2).toString("hex"));
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  get #reserve(): string {
    return join(this.#run.directory, files.reserve);
  }

  async run(jobs: Jobs): Promise<number> {
    const heartbeat = setInterval(() => this.#lock.beat(), heartbeatEveryMs).unref();
    const onSignal = () => {
      if (this.#signalled) process.exit(130); // a second one: at once, which the directory survives
      this.#signalled = true;
    };
    const onStray = (error: unknown) => process.exit(this.#fail(error));
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, onSignal);
    // Includes a heartbeat that finds the directory taken over or gone.
    process.on("uncaughtException", onStray);
    try {
      const outcome = await this.#dispatch(jobs);
      this.#end(outcome, null);
      return 0;
    } catch (error) {
      return this.#fail(error);
    } finally {
      clearInterval(heartbeat);
      for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.off(signal, onSignal);
      process.off("uncaughtException", onStray);
    }
  }

  async #dispatch(jobs: Jobs): Promise<Exclude<Outcome, "failed">> {
    const { recipe, comparison } = this.#run;
    if (recipe) return this.#execute(await jobs.tune(), recipe);
    if (comparison) return this.#execute(await jobs.compare(), comparison);
    throw internalError("a readable job directory holds neither a recipe nor a comparison");
  }

  async #execute<Settings>(job: Job<Settings>, settings: Settings): Promise<Exclude<Outcome, "failed">> {
    const environment = await job.environment(settings);
    const damage: string[] = [];
    const resumeFrom = lastCheckpoint(this.#run.directory, (message) => damage.push(message));
    const attempt = {
      attempt: this.#lock.attempt,
      resumedStep: resumeFrom?.step ?? 0,
      pid: process.pid,
      host: hostname(),
      platform: `${process.platform} ${process.arch}`,
      nodeVersion: process.version,
      ...processor(),
      ...environment,
    };
    this.#write({ type: "attempt", ...attempt });
    for (const message of damage) this.#write({ type: "notice", level: "warning", message });
    const earlier = this.#run.history.attempts.at(-1);
    const changes = resumeFrom && earlier ? environmentChanges(earlier, attempt) : [];
    if (changes.length > 0) {
      const message = `This machine differs from the one before (${changes.join("; ")}): the run goes on, but not bit for bit as it would have there.`;
      this.#write({ type: "notice", level: "warning", message });
    }
    return job.run(this.#context(resumeFrom), settings);
  }

  #context(resumeFrom: Checkpoint | undefined): JobContext {
    const { directory } = this.#run;
    return {
      directory,
      attempt: this.#lock.attempt,
      began: new Date(this.#run.job!.created),
      resumeFrom,
      write: (event) => this.#write(event),
      progress: (phase, done, total, unit) => this.#progress(phase, done, total, unit),
      shouldPause: () => {
        this.#lock.beat();
        return this.#signalled || readRequest(directory, this.#lock.attempt) === "pause";
      },
      shouldStop: () => readRequest(directory, this.#lock.attempt) === "stop",
      checkpoint: async (step, validationLoss, fill) => {
        this.#lock.verify();
        const checkpoint = await writeCheckpoint(directory, step, validationLoss, fill);
        const best = bestOf(listCheckpoints(directory))?.step === step;
        this.#write({ type: "checkpoint", step, best });
        return checkpoint;
      },
      writeResult: (result) => {
        this.#lock.verify();
        writeJsonDurably(join(directory, files.result), result);
      },
    };
  }

  #write(event: NewEvent): void {
    this.#lock.verify();
    this.#events.write(event);
  }

  #progress(phase: string, done: number, total: number, unit: string): void {
    const now = Date.now();
    const { phase: lastPhase, time } = this.#lastProgress;
    if (phase === lastPhase && done < total && now - time < progressEveryMs) return;
    this.#lastProgress = { phase, time: now };
    this.#write({ type: "progress", phase, done, total, unit });
  }

  /** Records a failure where it still can; returns the exit code. */
  #fail(error: unknown): number {
    console.error(error); // the stack, for output.log
    const record = toErrorRecord(error);
    // Nothing of ours is left to write to.
    const lost = record.code === "run-locked" || record.code === "run-not-found";
    try {
      if (!lost) this.#end("failed", record);
    } catch (second) {
      console.error(JSON.stringify({ error: toErrorRecord(second) }));
    }
    return exitCodeOf(error);
  }

  #end(outcome: Outcome, error: ReturnType<typeof toErrorRecord> | null): void {
    this.#lock.verify();
    rmSync(this.#reserve, { force: true });
    this.#write({ type: "ended", attempt: this.#lock.attempt, outcome, error });
    this.#events.close();
    this.#release();
  }

  /** A lock that cannot be released is taken over all the same, once this process has ended. */
  #release(): void {
    try {
      this.#lock.release();
    } catch (error) {
      console.error(error);
    }
  }
}
