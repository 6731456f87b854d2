/**
 * The monitor's messages: the side view that plots one run, and a run's page with all there is. The host sends one
 * snapshot of each run a panel follows, and then what is new, at most a few times a second.
 */
import Type, { type Static } from "typebox";
import type { JobKind, RunEvent, RunState } from "../runs/schema.ts";

const numberOrNull = Type.Union([Type.Number(), Type.Null()]);

/** A run as lists and headings show it. */
export const runInfo = Type.Object({
  /** Absolute path of its directory: what names a run everywhere between panels and host. */
  run: Type.String(),
  name: Type.String(),
  kind: Type.Unsafe<JobKind>({ type: "string" }),
  state: Type.Unsafe<RunState>({ type: "string" }),
  /** A request that the job has not yet followed. */
  asked: Type.Unsafe<"pause" | "stop" | null>({ enum: ["pause", "stop", null] }),
  model: Type.String(),
  method: Type.String(),
  /** Milliseconds since 1970. */
  created: Type.Number(),
  step: Type.Number(),
  totalSteps: numberOrNull,
  loss: numberOrNull,
  bestValidationLoss: numberOrNull,
  secondsLeft: numberOrNull,
  /** What happens where there are no steps yet: "downloading the model 41 %". */
  phase: Type.Union([Type.String(), Type.Null()]),
  /** Why it failed, or what of it is damaged. */
  problem: Type.Union([Type.Object({ message: Type.String(), hint: Type.String() }), Type.Null()]),
});
export type RunInfo = Static<typeof runInfo>;

/**
 * The figures of every step that counts, those that a later attempt superseded left out: one array each, of equal length,
 * for a hundred thousand events would be slow to send.
 */
export const stepColumns = [
  "step",
  "time",
  "epoch",
  "loss",
  "learningRate",
  "gradientNorm",
  "tokensPerSecond",
  "seconds",
  "memoryBytes",
  "paddingShare",
] as const satisfies readonly (keyof RunEvent<"step">)[];
export type StepColumns = Record<(typeof stepColumns)[number], Float64Array>;

const runEvent = Type.Unsafe<RunEvent>({
  type: "object",
  required: ["type", "time"],
  properties: { type: { type: "string" }, time: { type: "number" } },
});
/** Typed arrays travel as they are, and say nothing to a JSON schema. */
const columns = Type.Unsafe<StepColumns>({ type: "object", required: [...stepColumns] });

export const runSnapshot = Type.Object({
  info: runInfo,
  /** The recipe as resolved, formatted JSON; empty for a comparison or where it cannot be read. */
  recipe: Type.String(),
  /** Where the recipe file the run came from probably lies; null if it is gone. */
  recipeFile: Type.Union([Type.String(), Type.Null()]),
  steps: columns,
  /** Everything but steps, in the order of the file; `addEvent` makes a history of them. */
  events: Type.Array(runEvent),
  /** Its comparisons, newest first. */
  comparisons: Type.Array(runInfo),
});
export type RunSnapshot = Static<typeof runSnapshot>;

/** What a button of a panel or of the tree does to a run. */
export const runActions = [
  "pause",
  "resume",
  "stop",
  "compare",
  "showComparison",
  "openPage",
  "openFolder",
  "openRecipe",
  "openLog",
  "delete",
] as const;
export type RunAction = (typeof runActions)[number];

const nothing = Type.Object({});
const runOnly = Type.Object({ run: Type.String() });

/** What the host answers. */
export const monitorHost = {
  name: "the monitor's host",
  requests: {
    /** The panel is up: which run it should show, if any, and the runs there are to lay over it. */
    open: {
      params: nothing,
      result: Type.Object({
        run: Type.Union([Type.String(), Type.Null()]),
        runs: Type.Array(runInfo),
      }),
    },
    /** A snapshot, and from now on `delta` events of that run. */
    follow: { params: runOnly, result: runSnapshot },
    unfollow: { params: runOnly, result: nothing },
    act: {
      params: Type.Object({
        run: Type.String(),
        action: Type.Unsafe<RunAction>({ enum: [...runActions] }),
      }),
      result: nothing,
    },
    /** The end of output.log, at most 256 KB. */
    log: { params: runOnly, result: Type.Object({ text: Type.String(), cut: Type.Boolean() }) },
  },
  events: {},
} as const;

/** What the panel takes. */
export const monitorPanel = {
  name: "the monitor",
  requests: {},
  events: {
    /** Another run was selected in the tree (side view). */
    show: Type.Object({ run: Type.Union([Type.String(), Type.Null()]) }),
    /** All runs, when one appears, goes or changes its state. */
    runs: Type.Array(runInfo),
    /** What was added to a followed run. An `attempt` event among them supersedes later steps (`addEvent`). */
    delta: Type.Object({
      run: Type.String(),
      info: runInfo,
      events: Type.Array(runEvent),
      /** All its comparisons, when one of them appeared, went or changed its state. */
      comparisons: Type.Optional(Type.Array(runInfo)),
    }),
    /** A followed run was rewritten or replaced: forget what is there. */
    snapshot: runSnapshot,
    /** A followed run's directory is gone. */
    gone: runOnly,
  },
} as const;
