/**
 * The compare page's messages. The head (verdict, figures, state) is sent whole whenever it changes; rows come in blocks,
 * without the long prompts, which are asked for one row at a time.
 */
import Type, { type Static } from "typebox";
import type { Comparison } from "../evaluate/comparison.ts";
import { runInfo } from "./monitor.ts";

const nothing = Type.Object({});
const text = Type.String();
const nullable = <T extends Parameters<typeof Type.Array>[0]>(schema: T) => Type.Union([schema, Type.Null()]);

/** Everything of a comparison but its rows, as `summarise` judges the rows answered so far. */
export type ComparisonHead = Omit<Comparison, "rows" | "shots" | "scores">;

export const comparisonHead = Type.Object({
  /** The comparison's own job: state, progress, problem. `run` is its directory. */
  job: runInfo,
  /** The run it compares, and whether that is still there. */
  tuningRun: Type.Object({ run: text, name: text, there: Type.Boolean() }),
  progress: nullable(Type.Object({ done: Type.Number(), total: Type.Number(), phase: text })),
  rowsAnswered: Type.Number(),
  rowsPlanned: nullable(Type.Number()),
  /** Null until the comparison has said what it will ask. */
  comparison: nullable(Type.Unsafe<ComparisonHead>({ type: "object" })),
  /** The ways of scoring that these answers allow, and the one in use. */
  tasks: Type.Array(Type.Object({ id: text, title: text, description: text })),
  task: nullable(text),
  /** How often people preferred which way, from thumbs, in words; null without any. */
  humanVerdict: nullable(text),
});
export type CompareHead = Static<typeof comparisonHead>;

export const rowNote = Type.Object({
  /** Way id → thumb. */
  thumbs: Type.Unsafe<Record<string, "up" | "down">>({ type: "object" }),
  text,
});
export type RowNote = Static<typeof rowNote>;

/** A row as the list shows it; `outputs` and `scores` by way id. A score is 0 … 1 on the deciding metric, null where it has none by row. */
export const listedRow = Type.Object({
  index: Type.Number(),
  id: text,
  question: text,
  reference: text,
  outputs: Type.Unsafe<Record<string, string>>({ type: "object" }),
  scores: Type.Unsafe<Record<string, number | null>>({ type: "object" }),
  note: nullable(rowNote),
});
export type ListedRow = Static<typeof listedRow>;

const message = Type.Object({ role: text, content: text });

/** A row with all there is. */
export const wholeRow = Type.Object({
  index: Type.Number(),
  messages: Type.Array(message),
  answers: Type.Array(
    Type.Object({
      way: text,
      ended: Type.Boolean(),
      promptTokens: Type.Number(),
      outputTokens: Type.Number(),
      seconds: Type.Number(),
      /** The prompt as sent, chat template applied. */
      prompt: text,
      shots: Type.Array(Type.Object({ id: text, question: text, answer: text })),
      shotsDropped: Type.Number(),
      samples: Type.Array(text),
    }),
  ),
});
export type WholeRow = Static<typeof wholeRow>;

export const compareActions = ["pause", "resume", "openFolder", "openLog", "showRun"] as const;
export type CompareAction = (typeof compareActions)[number];

/** What the host answers. */
export const compareHost = {
  name: "the compare page's host",
  requests: {
    /** The panel is up; `head` and `rows` events follow while the comparison goes on. */
    open: { params: nothing, result: Type.Object({ head: comparisonHead, rows: Type.Number() }) },
    /** Rows from an index on, at most `count`. */
    rows: {
      params: Type.Object({
        from: Type.Integer({ minimum: 0 }),
        count: Type.Integer({ minimum: 1, maximum: 2000 }),
      }),
      result: Type.Object({ rows: Type.Array(listedRow) }),
    },
    row: { params: Type.Object({ index: Type.Integer({ minimum: 0 }) }), result: wholeRow },
    /** Scores the same answers in another way; a new head and new rows follow as events. */
    score: { params: Type.Object({ task: text }), result: nothing },
    note: { params: Type.Object({ index: Type.Integer({ minimum: 0 }), note: rowNote }), result: nothing },
    /** Asks (it is a test row), and appends the row to the training file. */
    addToDataset: {
      params: Type.Object({ index: Type.Integer({ minimum: 0 }), answer: text }),
      result: Type.Object({ added: Type.Boolean() }),
    },
    /** Asks where to, and writes. */
    export: {
      params: Type.Object({ format: text }),
      result: Type.Object({ path: nullable(text) }),
    },
    act: {
      params: Type.Object({ action: Type.Unsafe<CompareAction>({ enum: [...compareActions] }) }),
      result: nothing,
    },
    /** Try it: one answer of one side, streamed. */
    chat: {
      params: Type.Object({
        side: Type.Unsafe<"base" | "fine-tuned">({ enum: ["base", "fine-tuned"] }),
        messages: Type.Array(
          Type.Object({
            role: Type.Unsafe<"system" | "user" | "assistant">({ enum: ["system", "user", "assistant"] }),
            content: text,
          }),
          { minItems: 1 },
        ),
      }),
      result: Type.Object({
        text,
        ended: Type.Boolean(),
        promptTokens: Type.Number(),
        outputTokens: Type.Number(),
        seconds: Type.Number(),
      }),
      progress: Type.Object({ text: Type.Optional(text), phase: Type.Optional(text) }),
    },
  },
  events: {},
} as const;

/** What the panel takes. */
export const comparePanel = {
  name: "the compare page",
  requests: {},
  events: {
    head: comparisonHead,
    /** New or newly scored rows. */
    rows: Type.Array(listedRow),
  },
} as const;
