/** Follows a job from its directory, as anybody could: a progress line on a terminal, plain lines elsewhere. */
import { setTimeout as sleep } from "node:timers/promises";
import { TunesmithError } from "../protocol/errors.ts";
import { type RunSummary, readRun } from "../runs/reader.ts";
import { secondsLeft } from "../runs/schema.ts";

const lookEveryMs = 250;
const plainEveryMs = 10_000;

/**
 * Until the job's process ends.
 * @param quiet print nothing (`--json`)
 * @param onInterrupt called at the first Ctrl-C; the second one leaves at once, and the job goes on
 * @throws the error the job failed with, or `run-state` if its process is gone without a word
 */
export async function follow(
  directory: string,
  quiet: boolean,
  onInterrupt: () => void,
): Promise<RunSummary> {
  let interrupted = false;
  const interrupt = () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    onInterrupt();
  };
  process.on("SIGINT", interrupt);
  const line = new ProgressLine(quiet);
  try {
    for (;;) {
      const run = readRun(directory);
      line.show(describe(run));
      if (run.state !== "running" && run.state !== "starting") {
        line.end();
        const error = run.history.ended?.error;
        if (run.state === "failed" && error) throw new TunesmithError(error.code, error.message, error.hint);
        if (run.state === "interrupted") {
          throw new TunesmithError(
            "run-state",
            `the process of ${run.id} is gone`,
            `tunesmith resume ${directory}`,
          );
        }
        return run;
      }
      await sleep(lookEveryMs);
    }
  } finally {
    process.off("SIGINT", interrupt);
  }
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
  const full = Math.round(share * width);
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
  #printed = 0;

  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  show(text: string): void {
    if (this.#quiet || text === this.#last) return;
    const now = Date.now();
    if (this.#terminal) process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    else if (now - this.#printed >= plainEveryMs) {
      process.stderr.write(`${text}\n`);
      this.#printed = now;
    } else return;
    this.#last = text;
  }

  end(): void {
    if (!this.#quiet && this.#terminal && this.#last) process.stderr.write("\n");
  }
}
