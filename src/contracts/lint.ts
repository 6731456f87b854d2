/**
 * What the extension host and the linter's worker say to each other. Both come from the same build, so values are not
 * checked on arrival; the types are the contract. Positions are VS Code's: line and character from 0, in UTF-16 units.
 */
import Type from "typebox";
import type { Contract } from "../protocol/channel.ts";

export interface LintPosition {
  line: number;
  character: number;
}

export interface LintRange {
  start: LintPosition;
  end: LintPosition;
}

export interface LintEdit {
  range: LintRange;
  text: string;
}

export interface LintProblem {
  rule: string;
  level: string;
  severity: "error" | "warning" | "info";
  message: string;
  range: LintRange;
  /** Other places it is about; in this file where `path` is absent. */
  related: readonly { path?: string; range: LintRange; message: string }[];
  /** A quick fix can be asked for. */
  fixable: boolean;
  /** It stands for so many further problems of its rule, which are not listed. */
  more: number;
}

export interface LintCounts {
  errors: number;
  warnings: number;
  infos: number;
}

/** The state of a file; sent whenever it changes. */
export interface LintReport {
  uri: string;
  /** The document's version that it is about; for a file that is not open, 0. */
  version: number;
  /** False for a file that is no dataset: it has no problems then. */
  isDataset: boolean;
  /** What is still being looked at: rows, then all rows together, then tokens. Absent when all is done. */
  pending?: "rows" | "set" | "tokens";
  problems: readonly LintProblem[];
  counts: LintCounts;
  rows: number;
  /** In all rows, once they are counted. */
  tokens: number | undefined;
  format: string | undefined;
  /** 0 to 1. */
  confidence: number;
  /** The keys of its records. */
  columns: readonly string[];
  /** Line of the first record. */
  firstLine: number;
  target: string;
  /** Whose eyes rows are seen with, and why they are not if they cannot be. */
  model: { name: string; maxLength: number; trouble?: string };
  /** What kept settings from being read. */
  troubles: readonly string[];
}

export interface LintFix {
  title: string;
  rule: string;
  safe: boolean;
  edits: readonly LintEdit[];
  /** The problem that it mends, as in the report. */
  message: string;
  range: LintRange;
}

export interface LintSymbol {
  name: string;
  detail: string;
  range: LintRange;
  /** The row's number, from 1; absent for a split. */
  row?: number;
  children?: readonly LintSymbol[];
}

export interface LintCompletion {
  label: string;
  kind: "key" | "value";
  detail: string;
  documentation: string;
  /** What it replaces. */
  range: LintRange;
  text: string;
}

/** One token of a row as the model is trained on it. */
export interface PreviewToken {
  id: number;
  text: string;
  trained: boolean;
  /** Behind what `maxLength` keeps. */
  cut: boolean;
  /** The template wrote it. */
  template: boolean;
}

export interface LintPreview {
  uri: string;
  /** From 1. */
  row: number;
  rows: number;
  line: number;
  model: string;
  maxLength: number;
  tokens: readonly PreviewToken[];
  trained: number;
  truncated: number;
  /** In words: what is learned, what is not, and why. */
  notes: readonly string[];
  /** Why the row cannot be shown: the template refuses it, the record cannot be read. */
  trouble?: string;
}

/** What a run on the file would do unasked. */
export interface LintOutlook {
  rows: number;
  trained: number;
  /** Rows that are left out, and why. */
  dropped: readonly { reason: string; rows: number; lines: readonly number[] }[];
  truncated: { rows: number; tokens: number; lines: readonly number[] };
  /** Messages that are context only. */
  masked: number;
  tokens: number;
  trainedTokens: number;
  longest: number;
  counts: LintCounts;
  model: string;
  maxLength: number;
}

interface Bin {
  from: number;
  to: number;
  rows: number;
}

export interface Histogram {
  name: "promptTokens" | "answerTokens" | "promptCharacters" | "answerCharacters" | "turns";
  bins: readonly Bin[];
  median: number;
  p95: number;
  max: number;
}

/** A row that the last run found hard. */
export interface HardRow {
  line: number;
  row: number;
  text: string;
  answer: string;
  loss: number;
  confidence: number;
  variability: number | undefined;
  forgotten: number;
  neverLearned: boolean;
}

export interface LintStatistics {
  uri: string;
  path: string;
  rows: number;
  unreadable: number;
  format: string | undefined;
  confidence: number;
  tokens: number | undefined;
  duplicates: number;
  histograms: readonly Histogram[];
  labels: readonly { label: string; rows: number }[];
  languages: readonly { language: string; rows: number }[];
  parts: readonly { part: string; rows: number }[];
  problems: readonly {
    rule: string;
    severity: LintProblem["severity"];
    count: number;
    lines: readonly number[];
  }[];
  /** The last run that trained on the file. */
  history: { run: string; rows: readonly HardRow[] } | undefined;
}

export type Transformation =
  | { kind: "convert"; to: string /** ".jsonl" …; that of the file, if absent. */; extension?: string }
  | { kind: "split"; validation: number; test: number; seed: number }
  | { kind: "dedupe"; by: "row" | "prompt"; keep: "first" | "last" }
  | { kind: "shuffle"; seed: number }
  | { kind: "merge"; paths: readonly string[] };

/** Texts to show before anything is written. */
export interface Transformed {
  files: readonly { name: string; text: string; rows: number }[];
  /** In words: what was done, what would be lost. */
  notes: readonly string[];
  losses: readonly string[];
}

export type FixChoice = { of: "safe" | { rule: string } };

const of = <T>() => Type.Unsafe<T>({});
const request = <P, R>() => ({ params: of<P>(), result: of<R>() });
type At = { uri: string; position: LintPosition };

export const lintWorkerContract = {
  name: "lint worker",
  requests: {
    /**
     * A document was opened. Without `text` the worker reads the file; it asks for the text where that is another.
     */
    open: request<
      {
        uri: string;
        path: string;
        eol: "\n" | "\r\n";
        version: number;
        lines: number;
        length: number;
        text?: string;
      },
      { wantsText: boolean }
    >(),
    /** Everything that is found in a file: as it is open, or on the disk; there as a stream where it is large. */
    lintFile: request<{ uri: string; path: string }, LintReport>(),
    fixes: request<{ uri: string; range: LintRange }, LintFix[]>(),
    fixAll: request<{ uri: string } & FixChoice, { edits: LintEdit[]; fixed: number }>(),
    suppress: request<{ uri: string; rule: string; range: LintRange }, { path: string }>(),
    outline: request<{ uri: string }, LintSymbol[]>(),
    folding: request<{ uri: string }, { start: number; end: number }[]>(),
    /** Line of a row, from 1. */
    row: request<{ uri: string; row: number }, { line: number; rows: number }>(),
    hover: request<At, { markdown: string; range: LintRange } | null>(),
    complete: request<At, LintCompletion[]>(),
    /** All places of the label at a position; null where there is none. */
    label: request<At, { label: string; range: LintRange; places: LintRange[] } | null>(),
    renameLabel: request<At & { name: string }, LintEdit[]>(),
    preview: request<{ uri: string; line: number }, LintPreview>(),
    outlook: request<{ uri: string; path: string }, LintOutlook>(),
    statistics: request<{ uri: string }, LintStatistics>(),
    transform: request<{ uri: string; path: string } & { transformation: Transformation }, Transformed>(),
  },
  events: {
    change: of<{ uri: string; version: number; changes: { start: number; end: number; text: string }[] }>(),
    close: of<{ uri: string }>(),
    /** What the editor's settings say, before anything is opened and whenever they change. */
    settings: of<{ model: string }>(),
    /** Treat a file as a dataset, whatever it looks like. */
    treat: of<{ uri: string }>(),
    /** Files changed on disk: configurations, recipes, datasets that no editor holds, runs. */
    changedOnDisk: of<{ paths: string[] }>(),
  },
} satisfies Contract;

export const lintHostContract = {
  name: "lint host",
  requests: {},
  events: { report: of<LintReport>() },
} satisfies Contract;

export type LintWorkerContract = typeof lintWorkerContract;
export type LintHostContract = typeof lintHostContract;
