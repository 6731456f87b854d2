/** The window's session process: started with the first question, ended when nothing was asked for a while. */
import { type ChildProcess, spawn } from "node:child_process";
import { type Session, session, sessionHost } from "../contracts/session.ts";
import { jobEnvironment } from "../jobs/spawn.ts";
import {
  Channel,
  type Params,
  type Progress,
  type RequestName,
  type RequestOptions,
  type Result,
} from "../protocol/channel.ts";
import { checkOf } from "../protocol/checks.ts";
import { TunesmithError } from "../protocol/errors.ts";

const idleMs = 5 * 60_000;
const noContract = { contract: sessionHost, check: checkOf(sessionHost) };

interface Running {
  child: ChildProcess;
  channel: Channel<typeof sessionHost, Session>;
}

export class SessionClient {
  readonly #locate: () => Promise<{ node: string; session: string; extra?: readonly string[] }>;
  readonly #log: (text: string) => void;
  #running: Promise<Running> | undefined;
  /** The process of `#running`; one that was let go of may end later. */
  #child: ChildProcess | undefined;
  #asked = 0;
  #idle: NodeJS.Timeout | undefined;

  /** @param log gets what the process prints, and messages that are not as agreed */
  constructor(
    locate: () => Promise<{ node: string; session: string; extra?: readonly string[] }>,
    log: (text: string) => void,
  ) {
    this.#locate = locate;
    this.#log = log;
  }

  /** @throws the session's error; `cancelled`; `session-failed` when its process ends before it has answered */
  async request<N extends RequestName<Session>>(
    name: N,
    params: Params<Session, N>,
    options: RequestOptions<Progress<Session, N>> = {},
  ): Promise<Result<Session, N>> {
    this.#asked++;
    clearTimeout(this.#idle);
    try {
      this.#running ??= this.#start();
      const { channel } = await this.#running;
      return await channel.request(name, params, options);
    } finally {
      this.#asked--;
      if (this.#asked === 0) this.#idle = setTimeout(() => this.dispose(), idleMs).unref();
    }
  }

  /** Ends the process; the next request starts another. */
  dispose(): void {
    clearTimeout(this.#idle);
    const running = this.#running;
    this.#running = undefined;
    this.#child = undefined;
    running?.then(
      ({ child }) => child.kill(),
      () => {},
    );
  }

  async #start(): Promise<Running> {
    try {
      const { node, session: program, extra = [] } = await this.#locate();
      const child = spawn(node, [...extra, program], {
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        windowsHide: true,
        env: jobEnvironment(process.env),
      });
      this.#child = child;
      let lastWords = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding("utf8").on("data", (text: string) => {
          lastWords = text.trim() || lastWords;
          this.#log(text.trimEnd());
        });
      }
      const channel = new Channel<typeof sessionHost, Session>(
        {
          post: (message) => child.connected && child.send(message as object),
          listen: (receive) => child.on("message", receive),
        },
        { own: noContract, other: { contract: session, check: checkOf(session) } },
        {},
        this.#log,
      );
      const ended = (how: string) => {
        channel.close(
          new TunesmithError("session-failed", `the session process ${how}`, lastWords.slice(-300)),
        );
        if (this.#child === child) this.#running = undefined;
      };
      child.on("error", (error) => ended(`could not be started: ${error.message}`));
      child.on("exit", (code, signal) => ended(`ended (${signal ?? code})`));
      return { child, channel };
    } catch (error) {
      this.#running = undefined;
      throw error;
    }
  }
}
