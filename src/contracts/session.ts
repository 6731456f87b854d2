/**
 * What the session process answers: a child of the window for whatever needs the tokenizer, the model or long arithmetic
 * at once. It keeps nothing that matters; jobs that must survive run on their own.
 */
import Type, { type Static } from "typebox";
import {
  type PresetName,
  type PresetReasons,
  type PresetSettings,
  presetNames,
} from "../estimate/presets.ts";
import { type MethodName, methods } from "../methods/index.ts";

const bytes = Type.Number();
const numberOrNull = Type.Union([Type.Number(), Type.Null()]);

/** What a run needs and whether it fits, as the wizard and the agents' tools show it. */
export const recipeOutlook = Type.Object({
  fits: Type.Boolean(),
  parameters: Type.Number(),
  trainableParameters: Type.Number(),
  steps: Type.Number(),
  seconds: Type.Number(),
  memoryBytes: bytes,
  freeMemoryBytes: bytes,
  diskBytes: bytes,
  freeDiskBytes: bytes,
  /** What of the data is left out, and other warnings, in words. */
  warnings: Type.Array(Type.String()),
  /** Changes that would make it fit, cheapest first: as the recipe spells them, and as a patch of the recipe's JSON. */
  changes: Type.Array(
    Type.Object({
      inWords: Type.String(),
      patch: Type.Unsafe<Record<string, unknown>>({ type: "object" }),
      memoryBytes: bytes,
      seconds: Type.Number(),
    }),
  ),
});
export type RecipeOutlook = Static<typeof recipeOutlook>;

/** A way to train that could be chosen. */
const plan = Type.Object({
  /** As a recipe names it, resolved. */
  model: Type.String(),
  /** The config.json of a model that is not here; null for one that is. */
  config: Type.Union([Type.Unsafe<Record<string, unknown>>({ type: "object" }), Type.Null()]),
  method: Type.Unsafe<MethodName>({ enum: Object.keys(methods) }),
  preset: Type.Unsafe<PresetName>({ enum: presetNames }),
});
export type Plan = Static<typeof plan>;

/** What comes of it, or why it cannot be. */
const planOutlook = Type.Union([
  Type.Object({
    error: Type.Object({ code: Type.String(), message: Type.String(), hint: Type.String() }),
  }),
  Type.Object({
    error: Type.Null(),
    /** The model's tokenizer is not here: lengths are guessed from the texts' bytes. */
    about: Type.Boolean(),
    train: Type.Unsafe<PresetSettings>({ type: "object" }),
    why: Type.Unsafe<PresetReasons>({ type: "object" }),
    outlook: recipeOutlook,
  }),
]);
export type PlanOutlook = Static<typeof planOutlook>;

const token = Type.Union([Type.String(), Type.Null()]);

const chatMessage = Type.Object({
  role: Type.Unsafe<"system" | "user" | "assistant">({ enum: ["system", "user", "assistant"] }),
  content: Type.String(),
});

export const session = {
  name: "the session",
  requests: {
    /** The cost of a recipe (its JSON value; relative names from `directory`), from the real rows and model. */
    estimate: {
      params: Type.Object({
        recipe: Type.Unsafe<Record<string, unknown>>({ type: "object" }),
        directory: Type.String(),
      }),
      result: recipeOutlook,
      progress: Type.Object({ phase: Type.String(), done: Type.Number(), total: Type.Number() }),
    },
    /** What several ways to train on a dataset would need; the rows are read and measured once. */
    outlook: {
      params: Type.Object({ dataset: Type.String(), plans: Type.Array(plan) }),
      result: Type.Object({
        /** Rows to train on, to choose the checkpoint by, and kept for the comparison. */
        rows: Type.Object({ train: Type.Number(), validation: Type.Number(), test: Type.Number() }),
        /** What of the file is left out, in words. */
        warnings: Type.Array(Type.String()),
        plans: Type.Array(planOutlook),
      }),
    },
    /** A model's description on the hub. `token` is the account's, if any; it is used and not kept anywhere. */
    hubModel: {
      params: Type.Object({ model: Type.String(), token }),
      result: Type.Object({
        config: Type.Unsafe<Record<string, unknown>>({ type: "object" }),
        parameters: Type.Number(),
        downloadBytes: bytes,
      }),
    },
    /** Fetches a model, or what is missing of it, into Hugging Face's cache. Cancelled, it goes on there next time. */
    download: {
      params: Type.Object({ model: Type.String(), token }),
      result: Type.Object({ folder: Type.String() }),
      progress: Type.Object({ done: bytes, total: bytes }),
    },
    /** One answer, streamed: by the base model, or by a run's result on top of it. */
    chat: {
      params: Type.Object({
        /** As a recipe names it, resolved. */
        model: Type.String(),
        /** Absolute folder of a run's result (an adapter or a whole model); null asks the base model. */
        result: Type.Union([Type.String(), Type.Null()]),
        messages: Type.Array(chatMessage, { minItems: 1 }),
        maxTokens: Type.Number({ minimum: 1 }),
        temperature: Type.Number({ minimum: 0 }),
        seed: Type.Number(),
      }),
      result: Type.Object({
        text: Type.String(),
        ended: Type.Boolean(),
        promptTokens: Type.Number(),
        outputTokens: Type.Number(),
        seconds: Type.Number(),
        /** The prompt as sent, chat template applied. */
        prompt: Type.String(),
      }),
      /** Text as it comes, or what is done before the first of it. */
      progress: Type.Object({
        text: Type.Optional(Type.String()),
        phase: Type.Optional(Type.String()),
        done: Type.Optional(numberOrNull),
        total: Type.Optional(numberOrNull),
      }),
    },
  },
  events: {},
} as const;
export type Session = typeof session;

/** What the host takes from the session. */
export const sessionHost = { name: "the session's host", requests: {}, events: {} } as const;
