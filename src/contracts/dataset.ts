/**
 * The messages of a dataset's two pages: a row as the model sees it, and what the file holds. Both are sent whole whenever
 * something changed: what they show is what the linter's worker said, with what the page needs beside it.
 */
import Type, { type Static } from "typebox";
import type { LintOutlook, LintPreview, LintStatistics } from "./lint.ts";

const nothing = Type.Object({});
const text = Type.String();
const number = Type.Number();
const nullable = <T extends Parameters<typeof Type.Array>[0]>(schema: T) => Type.Union([schema, Type.Null()]);
/** Lines from 0, rows from 1. */
const place = Type.Integer({ minimum: 0 });
const rowNumber = Type.Integer({ minimum: 1 });
const lines = Type.Array(place);
const severity = Type.Enum(["error", "warning", "info"]);
const counts = Type.Object({ errors: number, warnings: number, infos: number });
const problem = Type.Object({ message: text, hint: text });

const preview = Type.Unsafe<LintPreview>(
  Type.Object({
    uri: text,
    row: place,
    rows: place,
    line: place,
    model: text,
    maxLength: number,
    tokens: Type.Array(
      Type.Object({
        id: number,
        text,
        trained: Type.Boolean(),
        cut: Type.Boolean(),
        template: Type.Boolean(),
      }),
    ),
    trained: number,
    truncated: number,
    notes: Type.Array(text),
    trouble: Type.Optional(text),
  }),
);

export const shownRow = Type.Object({
  uri: text,
  /** The file's name. */
  name: text,
  /** Null until the first one has come, and where `problem` says why none can. */
  preview: nullable(preview),
  /** Why no row can be seen as this model sees it: then it is the model that is to be seen to, not the row. */
  modelTrouble: nullable(text),
  problem: nullable(problem),
});
export type ShownRow = Static<typeof shownRow>;

export const previewActions = ["showRow", "showProblems", "chooseModel"] as const;
export type PreviewAction = (typeof previewActions)[number];

/** What the host answers. */
export const previewHost = {
  name: "the preview's host",
  requests: {
    /** The page is up; `shown` events follow as the cursor and the text change. */
    open: { params: nothing, result: shownRow },
    /** Goes to another row: the editor's cursor, too. */
    go: { params: Type.Object({ row: rowNumber }), result: nothing },
    act: {
      params: Type.Object({ action: Type.Unsafe<PreviewAction>({ enum: [...previewActions] }) }),
      result: nothing,
    },
  },
  events: {},
} as const;

/** What the page takes. */
export const previewPanel = { name: "the preview", requests: {}, events: { shown: shownRow } } as const;

const statistics = Type.Unsafe<LintStatistics>(
  Type.Object({
    uri: text,
    path: text,
    rows: number,
    unreadable: number,
    format: Type.Optional(text),
    confidence: number,
    tokens: Type.Optional(number),
    duplicates: number,
    histograms: Type.Array(
      Type.Object({
        name: Type.Enum(["promptTokens", "answerTokens", "promptCharacters", "answerCharacters", "turns"]),
        bins: Type.Array(Type.Object({ from: number, to: number, rows: number })),
        median: number,
        p95: number,
        max: number,
      }),
    ),
    labels: Type.Array(Type.Object({ label: text, rows: number })),
    languages: Type.Array(Type.Object({ language: text, rows: number })),
    parts: Type.Array(Type.Object({ part: text, rows: number })),
    problems: Type.Array(Type.Object({ rule: text, severity, count: number, lines })),
    history: Type.Optional(
      Type.Object({
        run: text,
        rows: Type.Array(
          Type.Object({
            line: place,
            row: number,
            text,
            answer: text,
            loss: number,
            confidence: number,
            variability: Type.Optional(number),
            forgotten: number,
            neverLearned: Type.Boolean(),
          }),
        ),
      }),
    ),
  }),
);

const outlook = Type.Unsafe<LintOutlook>(
  Type.Object({
    rows: number,
    trained: number,
    dropped: Type.Array(Type.Object({ reason: text, rows: number, lines })),
    truncated: Type.Object({ rows: number, tokens: number, lines }),
    masked: number,
    tokens: number,
    trainedTokens: number,
    longest: number,
    counts,
    model: text,
    maxLength: number,
  }),
);

export const datasetState = Type.Object({
  uri: text,
  name: text,
  /** What the linter is still looking at. */
  pending: nullable(Type.Enum(["rows", "set", "tokens"])),
  /** Null until they have come, and where `problem` says why they cannot. */
  statistics: nullable(statistics),
  /** Null until tokens are counted, and where `outlookProblem` says why they cannot be. */
  outlook: nullable(outlook),
  outlookProblem: nullable(problem),
  problem: nullable(problem),
});
export type DatasetState = Static<typeof datasetState>;

/** What the host answers. */
export const statisticsHost = {
  name: "the statistics' host",
  requests: {
    /** The page is up; `state` events follow when the file has changed. */
    open: {
      params: nothing,
      result: Type.Object({ state: datasetState, focus: nullable(Type.Literal("outlook")) }),
    },
    /** Shows a line in the editor. */
    reveal: { params: Type.Object({ line: place }), result: nothing },
    explain: { params: Type.Object({ rule: text }), result: nothing },
  },
  events: {},
} as const;

/** What the page takes. */
export const statisticsPanel = {
  name: "the statistics",
  requests: {},
  events: { state: datasetState, focus: Type.Literal("outlook") },
} as const;
