/** Starts a job and follows it from its directory, as anybody could: a progress line on a terminal, plain lines elsewhere. */
import { setTimeout as sleep } from "node:timers/promises";
import { pauseRun } from "../jobs/control.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { errorCode } from "../protocol/refusals.ts";
import { openRun, type RunSummary, readRun } from "../runs/reader.ts";
import { isActive, secondsLeft } from "../runs/schema.ts";

const lookEveryMs = 250;
const plainEveryMs = 10_000;
/** As a shell says of a program that Ctrl-C ended. */
export const interruptedCode = 130;

/**
 * Until the job's process ends. The first Ctrl-C pauses it, from the moment it is being started; a second one leaves
 * without waiting for that.
 *
 * @param start lets the job begin
 * @param quiet print nothing (`--json`)
 * @param promise printed once a Ctrl-C would do what it says
 * @throws the error the job failed with; `run-state` if its process is gone without a word; `run-corrupt` and
 *   `run-not-found` if its directory is
 */
export async function follow(
  directory: string,
  start: () => Promise<unknown>,
  quiet: boolean,
  promise = "",
): Promise<RunSummary> {
  const line = new ProgressLine(quiet);
  let started = false;
  let interrupted = false;
  const interrupt = () => {
    if (interrupted) {
      line.end();
      process.exit(interruptedCode);
    }
    interrupted = true;
    if (started) askToPause(directory);
  };
  process.on("SIGINT", interrupt);
  if (!quiet) process.stderr.write(promise);
  try {
    await start().catch((error: unknown) => {
      // A terminal's Ctrl-C also ends a job so young that it has no session of its own yet: another one, to be paused.
      if (interrupted && errorCode(error) === "job-start-failed") return start();
      throw error;
    });
    started = true;
    if (interrupted) askToPause(directory);
    for (;;) {
      const run = readRun(directory);
      line.show(interrupted ? `${describe(run)}  pausing …` : describe(run), interrupted);
      if (!isActive(run)) return ended(run);
      await sleep(lookEveryMs);
    }
  } finally {
    line.end();
    process.off("SIGINT", interrupt);
  }
}

/** One that has just ended by itself need not pause any more. */
function askToPause(directory: string): void {
  try {
    pauseRun(directory);
  } catch (error) {
    if (!(error instanceof TunesmithError) || error.code !== "run-state") throw error;
  }
}

function ended(run: RunSummary): RunSummary {
  const { state, directory, id, history } = run;
  if (state === "unreadable") return openRun(directory);
  const error = history.ended?.error;
  if (state === "failed" && error) throw new TunesmithError(error.code, error.message, error.hint);
  if (state === "interrupted") {
    throw new TunesmithError(
      "run-state",
      `the process of ${id} is gone without a word: it was killed, or the machine ran out of memory`,
      `Go on from its last checkpoint with: tunesmith resume ${directory}`,
    );
  }
  return run;
}

function describe({ history }: RunSummary): string {
  const { steps, started, progress } = history;
  const last = steps.at(-1);
  if (!last || !started) {
    if (!progress) return "starting …";
    const share = progress.total > 0 ? ` ${Math.floor((100 * progress.done) / progress.total)} %` : "";
    return `${progress.phase}${share}`;
  }
  const left = secondsLeft(history);
  return [
    bar(last.step / started.totalSteps),
    `step ${last.step}/${started.totalSteps}`,
    `loss ${last.loss.toFixed(4)}`,
    `${Math.round(last.tokensPerSecond)} tokens/s`,
    ...(left === null ? [] : [`${clock(left)} left`]),
  ].join("  ");
}

function bar(share: number, width = 20): string {
  const full = Math.round(Math.min(1, share) * width);
  return `${"█".repeat(full)}${"░".repeat(width - full)}`;
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

class ProgressLine {
  readonly #quiet: boolean;
  readonly #terminal = process.stderr.isTTY === true;
  #last = "";
  #printed = Number.NEGATIVE_INFINITY;

  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  /** @param atOnce also where there is no terminal, which otherwise gets a line every few seconds */
  show(text: string, atOnce = false): void {
    if (this.#quiet || text === this.#last) return;
    const now = performance.now();
    if (this.#terminal) {
      // A terminal that does not know its width says 0.
      process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
    } else if (atOnce || now - this.#printed >= plainEveryMs) {
      process.stderr.write(`${text}\n`);
      this.#printed = now;
    } else return;
    this.#last = text;
  }

  end(): void {
    if (!this.#quiet && this.#terminal && this.#last) process.stderr.write("\n");
    this.#last = "";
  }
}
