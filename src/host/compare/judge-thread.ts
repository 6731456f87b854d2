/** A judge in a thread of its own: started with the first question, again if it broke down, ended with its page. */
import { Worker } from "node:worker_threads";
import { Channel } from "../../protocol/channel.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { type Judging, judge, judgeHost, trusted } from "./judging.ts";

/** Beside the bundled extension. */
const program = new URL("./judge.js", import.meta.url);

interface Running {
  worker: Worker;
  channel: Channel<typeof judgeHost, typeof judge>;
}

export class JudgeThread implements Judging {
  readonly #directory: string;
  readonly #program: URL;
  #running: Running | undefined;

  constructor(directory: string, entry: URL = program) {
    this.#directory = directory;
    this.#program = entry;
  }

  readonly request: Judging["request"] = (name, params, options) => {
    this.#running ??= this.#start();
    return this.#running.channel.request(name, params, options);
  };

  dispose(): void {
    this.#running?.channel.close("the page was closed");
    void this.#running?.worker.terminate();
    this.#running = undefined;
  }

  #start(): Running {
    const worker = new Worker(this.#program, { workerData: this.#directory });
    const channel = new Channel<typeof judgeHost, typeof judge>(
      {
        post: (message) => worker.postMessage(message),
        listen: (receive) => worker.on("message", receive),
      },
      { own: { contract: judgeHost, check: trusted }, other: { contract: judge, check: trusted } },
      {},
    );
    const running = { worker, channel };
    const ended = (why: string) => {
      channel.close(new TunesmithError("internal", `the comparison could not be judged: ${why}`));
      if (this.#running === running) this.#running = undefined;
    };
    worker
      .on("error", (error) => ended(error.message))
      .on("exit", (code) => ended(`its thread ended (${code})`));
    return running;
  }
}
