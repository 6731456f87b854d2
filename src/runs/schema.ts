/**
 * What a job tells the world: the events it appends to its directory, and the run's history that they add up to.
 * Pure: the trainer, the command line, the host and the panels all read a run through this file.
 *
 * One table gives each event's type and its check on arrival. A reader ignores event types and fields it does not know,
 * so an older reader can follow a newer trainer.
 */
import { isJsonObject } from "../json/object.ts";
import { type ErrorRecord, errorCodes } from "../protocol/errors.ts";

/** Raised when a directory of this version could no longer be read by an older program. */
export const runVersion = 1;

export const jobKinds = ["tune", "compare"] as const;
export type JobKind = (typeof jobKinds)[number];

/** How an attempt can end. After `paused` and `failed` the job can go on from its last checkpoint. */
export const outcomes = ["paused", "done", "failed", "stopped"] as const;
export type Outcome = (typeof outcomes)[number];

/**
 * How the last attempt ended, or what an observer finds instead: `created` (never started), `starting` (held, but nothing
 * said yet), `running`, `interrupted` (its process is gone without a word), `unreadable`.
 */
export type RunState = Outcome | "created" | "starting" | "running" | "interrupted" | "unreadable";

/** Whether a process works on it. */
export function isActive({ state }: { readonly state: RunState }): boolean {
  return state === "running" || state === "starting";
}

type Guard<T> = (value: unknown) => value is T;

const number: Guard<number> = (value): value is number => Number.isFinite(value);
const count: Guard<number> = (value): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
const text: Guard<string> = (value): value is string => typeof value === "string";
const flag: Guard<boolean> = (value): value is boolean => typeof value === "boolean";
const texts: Guard<string[]> = (value): value is string[] => Array.isArray(value) && value.every(text);
const errorRecord: Guard<ErrorRecord> = (value): value is ErrorRecord =>
  isJsonObject(value) &&
  text(value.message) &&
  text(value.hint) &&
  text(value.code) &&
  value.code in errorCodes;

function oneOf<const T extends string>(options: readonly T[]): Guard<T> {
  return (value): value is T => options.some((option) => option === value);
}

function orNull<T>(guard: Guard<T>): Guard<T | null> {
  return (value): value is T | null => value === null || guard(value);
}

/** Every event's fields. Losses are in nats per trained token, `seconds` and `bytes` are what they say. */
const eventFields = {
  /** A process took the directory. Events after `resumedStep` of earlier attempts no longer count. */
  attempt: {
    attempt: count,
    /** The checkpoint that training went on from; 0 at the start. */
    resumedStep: count,
    pid: count,
    host: text,
    platform: text,
    cpu: text,
    cpuFeatures: texts,
    nodeVersion: text,
    device: text,
    threads: count,
    runtimeVersion: text,
  },
  /** What is done before the first step, or a comparison's progress. `total` is 0 while unknown. */
  progress: { phase: text, done: number, total: number, unit: text },
  /** The rows as they will be trained on. */
  data: {
    trainRows: count,
    validationRows: count,
    testRows: count,
    /** Rows with no token left to train on after cutting to `maxLength`, or with none at all: left out. */
    untrainableRows: count,
    /** Rows that lost their end to `maxLength`. */
    truncatedRows: count,
    /** Tokens that carry loss, in one epoch. */
    trainedTokens: count,
    /** Which tokens are trained, in words. */
    trained: text,
  },
  /** Training begins or goes on. */
  started: {
    totalSteps: count,
    stepsPerEpoch: count,
    parameters: count,
    trainableParameters: count,
    predictedMemoryBytes: count,
  },
  step: {
    step: count,
    epoch: number,
    loss: number,
    learningRate: number,
    gradientNorm: number,
    tokensPerSecond: number,
    trainedTokens: count,
    /** Padded positions among all computed ones, 0 … 1. */
    paddingShare: number,
    seconds: number,
    memoryBytes: count,
  },
  validation: { step: count, loss: number, tokens: count },
  sample: { step: count, prompt: text, text },
  checkpoint: { step: count, best: flag },
  notice: { level: oneOf(["info", "warning"]), message: text },
  /** An attempt ended; `error` says why it failed. */
  ended: { attempt: count, outcome: oneOf(outcomes), error: orNull(errorRecord) },
} satisfies Record<string, Record<string, Guard<unknown>>>;

type Fields = typeof eventFields;
export type EventType = keyof Fields;
type Guarded<G> = G extends (value: unknown) => value is infer T ? T : never;

/** An event's own fields. */
export type EventBody<K extends EventType> = { -readonly [F in keyof Fields[K]]: Guarded<Fields[K][F]> };
/** As it stands in the file; `time` is milliseconds since 1970. */
export type RunEvent<K extends EventType = EventType> = {
  [T in K]: { type: T; time: number } & EventBody<T>;
}[K];
/** As a job hands it over to be written. */
export type NewEvent = { [T in EventType]: { type: T } & EventBody<T> }[EventType];

/** Checks a parsed line. Undefined: a type this version does not know. @throws Error saying what is wrong */
export function parseEvent(value: unknown): RunEvent | undefined {
  if (!isJsonObject(value) || !text(value.type) || !number(value.time))
    throw new Error("it has no type and time");
  if (!Object.hasOwn(eventFields, value.type)) return undefined;
  for (const [name, guard] of Object.entries(eventFields[value.type as EventType])) {
    if (!guard(value[name])) throw new Error(`${value.type}.${name} is ${JSON.stringify(value[name])}`);
  }
  return value as RunEvent;
}

/** What the events add up to. */
export interface RunHistory {
  attempts: RunEvent<"attempt">[];
  progress: RunEvent<"progress"> | null;
  data: RunEvent<"data"> | null;
  started: RunEvent<"started"> | null;
  steps: RunEvent<"step">[];
  validations: RunEvent<"validation">[];
  samples: RunEvent<"sample">[];
  checkpoints: RunEvent<"checkpoint">[];
  notices: RunEvent<"notice">[];
  ended: RunEvent<"ended"> | null;
}

export function emptyHistory(): RunHistory {
  return {
    attempts: [],
    progress: null,
    data: null,
    started: null,
    steps: [],
    validations: [],
    samples: [],
    checkpoints: [],
    notices: [],
    ended: null,
  };
}

/** Adds one event, in the order of the file. A later attempt supersedes what earlier ones did after its checkpoint. */
export function addEvent(history: RunHistory, event: RunEvent): void {
  switch (event.type) {
    case "attempt": {
      const kept = ({ step }: { step: number }) => step <= event.resumedStep;
      history.attempts.push(event);
      history.steps = history.steps.filter(kept);
      history.validations = history.validations.filter(kept);
      history.samples = history.samples.filter(kept);
      history.checkpoints = history.checkpoints.filter(kept);
      history.progress = null;
      history.ended = null;
      break;
    }
    case "step":
      history.steps.push(event);
      break;
    case "validation":
      history.validations.push(event);
      break;
    case "sample":
      history.samples.push(event);
      break;
    case "checkpoint":
      history.checkpoints.push(event);
      break;
    case "notice":
      history.notices.push(event);
      break;
    case "progress":
      history.progress = event;
      break;
    case "data":
      history.data = event;
      break;
    case "started":
      history.started = event;
      break;
    case "ended":
      history.ended = event;
      break;
  }
}

/** The validation with the lowest loss, the earlier one on a tie. */
export function bestValidation({ validations }: RunHistory): RunEvent<"validation"> | null {
  return validations.reduce<RunEvent<"validation"> | null>(
    (best, each) => (best === null || each.loss < best.loss ? each : best),
    null,
  );
}

/** Seconds of training left, from the median of the last steps' times; null before the second step. */
export function secondsLeft({ steps, started }: RunHistory): number | null {
  // The first step of an attempt compiles its graphs, so it says little about the next.
  const recent = steps.slice(1).slice(-20);
  if (started === null || recent.length === 0) return null;
  const seconds = recent.map((step) => step.seconds).sort((a, b) => a - b);
  return Math.max(0, started.totalSteps - steps.at(-1)!.step) * seconds[seconds.length >> 1]!;
}

/** What bit-exact continuation depends on. */
const exactnessDependsOn = ["device", "threads", "runtimeVersion", "cpu", "cpuFeatures", "platform"] as const;

/** What differs between two attempts that a bit-exact continuation needs equal, in words; empty when it is promised. */
export function environmentChanges(earlier: RunEvent<"attempt">, later: EventBody<"attempt">): string[] {
  return exactnessDependsOn
    .filter((name) => String(earlier[name]) !== String(later[name]))
    .map((name) => `${name}: ${earlier[name]} → ${later[name]}`);
}
