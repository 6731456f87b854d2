/**
 * Two sides that talk in typed messages: a panel and the extension host, or the host and its session process.
 *
 * Each side has a contract: the requests it answers and the events it takes. Every request gets a reply or an error;
 * a request can report progress, and can be cancelled. Whatever arrives is checked against the contract first: a request
 * that is malformed is answered with an error, anything else that is malformed, unknown or late is dropped and told to
 * `onProblem`. When a side closes, everything it still waits for is rejected.
 */
import type { Static, TSchema } from "typebox";
import { type ErrorRecord, errorCodes, internalError, TunesmithError, toErrorRecord } from "./errors.ts";

/** Raised when a message changes its meaning: the two sides may come from different versions after an update. */
export const protocolVersion = 1;

/** What one side understands. A request without `progress` reports none. */
export interface Contract {
  readonly name: string;
  readonly requests: Readonly<Record<string, { params: TSchema; result: TSchema; progress?: TSchema }>>;
  readonly events: Readonly<Record<string, TSchema>>;
}

export type RequestName<C extends Contract> = keyof C["requests"] & string;
export type EventName<C extends Contract> = keyof C["events"] & string;
export type Params<C extends Contract, N extends RequestName<C>> = Static<C["requests"][N]["params"]>;
export type Result<C extends Contract, N extends RequestName<C>> = Static<C["requests"][N]["result"]>;
export type Progress<C extends Contract, N extends RequestName<C>> = C["requests"][N] extends {
  progress: infer P extends TSchema;
}
  ? Static<P>
  : never;
export type EventValue<C extends Contract, N extends EventName<C>> = Static<C["events"][N]>;

/** What a handler may use beside the parameters. `signal` is aborted when the other side cancels or is gone. */
export interface Asked<P> {
  signal: AbortSignal;
  progress: (value: P) => void;
}

/** The requests a side answers; events it has no handler for are ignored. */
export type Handlers<C extends Contract> = {
  [N in RequestName<C>]: (
    params: Params<C, N>,
    asked: Asked<Progress<C, N>>,
  ) => Promise<Result<C, N>> | Result<C, N>;
} & { [N in EventName<C>]?: (value: EventValue<C, N>) => void };

/** Where messages go out and come in. */
export interface Port {
  post(message: unknown): void;
  /** Called once. */
  listen(receive: (message: unknown) => void): void;
}

/** Says what is wrong with a value, or null. `path` names a schema of the contract: "requests/open/params". */
export type Check = (path: string, value: unknown) => string | null;

/** What a channel needs of a contract at run time. */
interface Side {
  contract: { readonly name: string };
  check: Check;
}

export interface RequestOptions<P> {
  signal?: AbortSignal | undefined;
  onProgress?: (value: P) => void;
}

type Message =
  | { kind: "request"; id: number; name: string; params: unknown }
  | { kind: "progress"; id: number; value: unknown }
  | { kind: "reply"; id: number; result: unknown }
  | { kind: "error"; id: number; error: unknown }
  | { kind: "cancel"; id: number }
  | { kind: "event"; name: string; value: unknown };

interface Waiting {
  name: string;
  settle: (outcome: { result: unknown } | { error: unknown }) => void;
  onProgress: ((value: never) => void) | undefined;
}

export class Channel<Own extends Contract, Other extends Contract> {
  readonly #port: Port;
  readonly #handlers: Handlers<Own>;
  readonly #own: Side;
  readonly #other: Side;
  readonly #onProblem: (problem: string) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #answering = new Map<number, AbortController>();
  #closed: TunesmithError | undefined;
  /** Starts anywhere: a page that is loaded anew must not be taken for the one before it on the same port. */
  #lastId = Math.floor(Math.random() * 2 ** 48);

  constructor(
    port: Port,
    sides: {
      own: Side;
      other: Side;
    },
    handlers: Handlers<Own>,
    onProblem: (problem: string) => void = () => {},
  ) {
    this.#port = port;
    this.#own = sides.own;
    this.#other = sides.other;
    this.#handlers = handlers;
    this.#onProblem = onProblem;
    port.listen((message) => this.#receive(message));
  }

  /** @throws the other side's error; `cancelled` after the signal; what this side was closed with */
  request<N extends RequestName<Other>>(
    name: N,
    params: Params<Other, N>,
    { signal, onProgress }: RequestOptions<Progress<Other, N>> = {},
  ): Promise<Result<Other, N>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#closed);
      if (signal?.aborted) return reject(cancelled(name));
      const id = ++this.#lastId;
      const cancel = () => {
        this.#send({ kind: "cancel", id });
        settle({ error: cancelled(name) });
      };
      const settle: Waiting["settle"] = (outcome) => {
        if (!this.#waiting.delete(id)) return;
        signal?.removeEventListener("abort", cancel);
        if ("error" in outcome) reject(outcome.error);
        else resolve(outcome.result as Result<Other, N>);
      };
      signal?.addEventListener("abort", cancel, { once: true });
      this.#waiting.set(id, { name, settle, onProgress });
      const failure = this.#send({ kind: "request", id, name, params });
      if (failure) settle({ error: failure });
    });
  }

  emit<N extends EventName<Other>>(name: N, value: EventValue<Other, N>): void {
    if (!this.#closed) this.#send({ kind: "event", name, value });
  }

  /** Rejects what is waited for and aborts what is being answered. */
  close(reason: string | TunesmithError): void {
    if (this.#closed) return;
    this.#closed = typeof reason === "string" ? new TunesmithError("disconnected", reason) : reason;
    for (const { settle } of [...this.#waiting.values()]) settle({ error: this.#closed });
    for (const controller of this.#answering.values()) controller.abort(this.#closed);
    this.#answering.clear();
  }

  /** Says why it could not be sent: the other side is gone, or a value is none that can travel. */
  #send(message: Message): TunesmithError | undefined {
    try {
      this.#port.post({ tunesmith: protocolVersion, ...message });
      return undefined;
    } catch (error) {
      const failure = internalError(`the ${message.kind} could not be sent: ${toErrorRecord(error).message}`);
      this.#onProblem(failure.message);
      return failure;
    }
  }

  #receive(raw: unknown): void {
    if (this.#closed) return;
    const message = parseMessage(raw);
    if (typeof message === "string") this.#onProblem(message);
    else if (message.kind === "request") void this.#answer(message);
    else if (message.kind === "cancel") this.#cancel(message.id);
    else if (message.kind === "event") this.#take(message);
    else this.#settle(message);
  }

  async #answer({ id, name, params }: Message & { kind: "request" }): Promise<void> {
    if (this.#answering.has(id)) return this.#onProblem(`request ${id} is being answered already`);
    const handler = Object.hasOwn(this.#handlers, name)
      ? (this.#handlers as Record<string, (params: unknown, asked: Asked<unknown>) => unknown>)[name]
      : undefined;
    const wrong = handler
      ? this.#own.check(`requests/${name}/params`, params)
      : `${this.#own.contract.name} answers no "${name}"`;
    if (wrong !== null) {
      this.#onProblem(`request ${name}: ${wrong}`);
      const error = new TunesmithError(
        "message-invalid",
        `the request "${name}" is not understood: ${wrong}`,
      );
      this.#send({ kind: "error", id, error: toErrorRecord(error) });
      return;
    }
    const controller = new AbortController();
    this.#answering.set(id, controller);
    // An answer to somebody who has gone or cancelled is nobody's.
    const isWanted = () => this.#answering.get(id) === controller && !controller.signal.aborted;
    try {
      const progress = (value: unknown) => void (isWanted() && this.#send({ kind: "progress", id, value }));
      const result = await handler!(params, { signal: controller.signal, progress });
      const failure = isWanted() ? this.#send({ kind: "reply", id, result }) : undefined;
      if (failure) throw failure;
    } catch (error) {
      if (isWanted()) this.#send({ kind: "error", id, error: toErrorRecord(error) });
    } finally {
      this.#answering.delete(id);
    }
  }

  /** Whoever cancelled has heard so already; where the message was nobody's, the request must not wait for ever. */
  #cancel(id: number): void {
    const controller = this.#answering.get(id);
    if (!controller || controller.signal.aborted) return;
    const error = cancelled("the request");
    controller.abort(error);
    this.#send({ kind: "error", id, error: toErrorRecord(error) });
  }

  #take({ name, value }: Message & { kind: "event" }): void {
    const handler = Object.hasOwn(this.#handlers, name)
      ? (this.#handlers as Record<string, (value: unknown) => void>)[name]
      : undefined;
    const wrong = handler
      ? this.#own.check(`events/${name}`, value)
      : `${this.#own.contract.name} takes no such event`;
    try {
      if (wrong === null) handler!(value);
      else this.#onProblem(`event ${name}: ${wrong}`);
    } catch (error) {
      this.#onProblem(`event ${name}: ${toErrorRecord(error).message}`);
    }
  }

  #settle(message: Message & { kind: "progress" | "reply" | "error" }): void {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) {
      const error = message.kind === "error" && isErrorRecord(message.error) ? message.error : undefined;
      if (error?.code !== "cancelled") this.#onProblem(`a late ${message.kind} to request ${message.id}`);
      return;
    }
    const { name, settle, onProgress } = waiting;
    const notAgreed = (wrong: string) => internalError(`the answer to "${name}" is not as agreed: ${wrong}`);
    if (message.kind === "error") {
      const { error } = message;
      if (!isErrorRecord(error)) settle({ error: notAgreed("an error of an unknown kind") });
      else settle({ error: new TunesmithError(error.code, error.message, error.hint) });
    } else if (message.kind === "progress") {
      const wrong = this.#other.check(`requests/${name}/progress`, message.value);
      try {
        if (wrong === null) onProgress?.(message.value as never);
        else this.#onProblem(`progress of ${name}: ${wrong}`);
      } catch (error) {
        this.#onProblem(`progress of ${name}: ${toErrorRecord(error).message}`);
      }
    } else {
      const wrong = this.#other.check(`requests/${name}/result`, message.result);
      settle(wrong === null ? { result: message.result } : { error: notAgreed(wrong) });
    }
  }
}

function cancelled(what: string): TunesmithError {
  return new TunesmithError("cancelled", `${what} was cancelled`);
}

/** The message, or what is wrong with its envelope. */
function parseMessage(raw: unknown): Message | string {
  if (typeof raw !== "object" || raw === null) return "no message at all";
  const message = raw as Record<string, unknown>;
  if (message.tunesmith !== protocolVersion)
    return `a message of protocol ${inWords(message.tunesmith)}; this is ${protocolVersion}`;
  const hasId = Number.isSafeInteger(message.id) && (message.id as number) > 0;
  const hasName = typeof message.name === "string";
  const fits = {
    request: hasId && hasName,
    progress: hasId,
    reply: hasId,
    error: hasId,
    cancel: hasId,
    event: hasName,
  };
  const kind = inWords(message.kind);
  if (!Object.hasOwn(fits, kind)) return `a message of the unknown kind "${kind}"`;
  return fits[kind as keyof typeof fits] ? (message as unknown as Message) : `a malformed ${kind}`;
}

function isErrorRecord(value: unknown): value is ErrorRecord {
  if (typeof value !== "object" || value === null) return false;
  const { code, message, hint } = value as Record<string, unknown>;
  return (
    typeof code === "string" &&
    Object.hasOwn(errorCodes, code) &&
    typeof message === "string" &&
    typeof hint === "string"
  );
}

/** Not every value can be made a text. */
function inWords(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : typeof value;
}
