/**
 * What the session process answers: a child of the window for whatever needs the tokenizer, the model or long arithmetic
 * at once. It keeps nothing that matters; jobs that must survive run on their own.
 */
import Type, { type Static } from "typebox";

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
