/** The lint worker: a thread, started with the first dataset that is opened, and started anew should it ever end. */
import { Worker } from "node:worker_threads";
import {
  type LintHostContract,
  type LintReport,
  type LintWorkerContract,
  lintHostContract,
  lintWorkerContract,
} from "../../contracts/lint.ts";
import {
  Channel,
  type EventName,
  type EventValue,
  type Params,
  type RequestName,
  type Result,
} from "../../protocol/channel.ts";
import { TunesmithError } from "../../protocol/errors.ts";

/** Both sides come from one build. */
const check = () => null;
/** A worker that was started so often within a minute, and has ended each time, is not started again. */
const mostStarts = 3;
const withinMs = 60_000;

type Talk = Channel<LintHostContract, LintWorkerContract>;

export interface LintEvents {
  report(report: LintReport): void;
  /** The worker is new, and knows nothing. */
  restarted(): void;
  /** It keeps ending, and is not started again; said once. */
  gaveUp(): void;
  log(text: string): void;
  /** The model that the settings name. */
  settings(): string;
}

export class LintClient {
  readonly #program: string;
  readonly #events: LintEvents;
  #running: { worker: Worker; channel: Talk } | undefined;
  #starts: number[] = [];
  #isDisposed = false;
  #hasGivenUp = false;

  /** @param program the worker's bundle */
  constructor(program: string, events: LintEvents) {
    this.#program = program;
    this.#events = events;
  }

  /** @throws the worker's error; `cancelled`; `disconnected` where it ended */
  request<N extends RequestName<LintWorkerContract>>(
    name: N,
    params: Params<LintWorkerContract, N>,
    options: { signal?: AbortSignal } = {},
  ): Promise<Result<LintWorkerContract, N>> {
    return this.#channel().request(name, params, options);
  }

  emit<N extends EventName<LintWorkerContract>>(name: N, value: EventValue<LintWorkerContract, N>): void {
    this.#running?.channel.emit(name, value);
  }

  dispose(): void {
    this.#isDisposed = true;
    void this.#running?.worker.terminate();
    this.#running = undefined;
  }

  #channel(): Talk {
    this.#running ??= this.#start();
    return this.#running.channel;
  }

  #start(): { worker: Worker; channel: Talk } {
    if (this.#isDisposed || this.#hasGivenUp) {
      throw new TunesmithError(
        "disconnected",
        "the linter has stopped several times, and is off",
        "See the log; reload the window to try again.",
      );
    }
    this.#starts.push(Date.now());
    const worker = new Worker(this.#program, {
      name: "tunesmith-lint",
      stdout: true,
      stderr: true,
      execArgv: [],
    });
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => this.#events.log(text.trimEnd()));
    }
    const channel: Talk = new Channel(
      { post: (message) => worker.postMessage(message), listen: (receive) => worker.on("message", receive) },
      { own: { contract: lintHostContract, check }, other: { contract: lintWorkerContract, check } },
      { report: (report: LintReport) => this.#events.report(report) },
      (problem) => this.#events.log(problem),
    );
    const ended = (how: string) => {
      channel.close("the linter has stopped");
      if (this.#running?.worker !== worker) return;
      this.#running = undefined;
      this.#events.log(`the linter ${how}`);
      const now = Date.now();
      this.#starts = this.#starts.filter((at) => now - at < withinMs);
      this.#hasGivenUp = this.#starts.length >= mostStarts;
      if (this.#hasGivenUp) this.#events.gaveUp();
      else this.#events.restarted();
    };
    channel.emit("settings", { model: this.#events.settings() });
    worker.on("error", (error) => ended(`failed: ${error.stack ?? error.message}`));
    worker.on("exit", (code) => ended(`ended (${code})`));
    return { worker, channel };
  }
}
