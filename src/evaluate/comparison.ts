/**
 * A comparison of ways of asking, as it is kept: plain data, JSON as it stands.
 *
 * `ComparisonRecord` is what the models answered, and everything needed to judge the answers again without asking
 * again; while the comparison goes on it holds the rows answered so far (`plan.ts`). `Comparison` adds the judgement
 * (`summarise` in `summarise.ts`).
 */
import type { Task } from "./metrics/list.ts";
import type { Breakdown } from "./metrics/metric.ts";
import type { ChatMessage, Example } from "./prompting.ts";
import type { Interval } from "./statistics/wilson.ts";
import type { Difference, Verdict } from "./verdict.ts";

/** One way of asking: a model and a number of shots. */
export interface Way {
  /** "zero-shot", "few-shot-4", "fine-tuned" … */
  id: string;
  title: string;
  model: "base" | "fine-tuned";
  shots: number;
}

/** What one way of asking gave for one row. */
export interface Answer {
  text: string;
  /** The model ended the answer itself; false where it was cut off at the token limit. */
  ended: boolean;
  promptTokens: number;
  outputTokens: number;
  /** From sending the prompt to the end of the answer. */
  seconds: number;
  /** How surprised the model is by the reference after this prompt. Absent where it was not measured. */
  loss?: ReferenceLoss;
  /** Further answers to the same prompt, sampled rather than greedy, to see how consistent the model is. */
  samples?: string[];
  /** Ids of the shots shown, in order. */
  shots: string[];
  /** Shots that were drawn but did not fit into the context. */
  shotsDropped: number;
  /** The prompt as sent, chat template applied. */
  prompt: string;
}

/** Over the reference's tokens, the end token included. */
export interface ReferenceLoss {
  /** Sum of −log p, in nats. */
  nats: number;
  tokens: number;
  /** Length of the reference in UTF-8 bytes; unlike tokens, it is the same for every tokenizer. */
  bytes: number;
}

export interface ComparisonRow {
  /** Where the row stands, for people: "test.jsonl:12". */
  id: string;
  /** Everything before the answer. */
  messages: ChatMessage[];
  reference: string;
  /** By the way's id; every way has answered every row. */
  answers: Record<string, Answer>;
}

/** What the comparison rests on, so that a reader can trust it or find the fault. */
export interface Integrity {
  dataset: { name: string; hash: string };
  splits: { name: string; rows: number; hash: string }[];
  /** Test rows whose question also stands in the training rows. */
  overlap: number;
  /** Test rows that no way was asked, since one of them could not be: rows are compared in pairs. */
  leftOut: { id: string; reason: string }[];
  base: { name: string; hash: string };
  tuned: { name: string; hash: string };
  /** Hash of the chat template. */
  template: string;
  /** "maxTokens": 64, "temperature": 0 … */
  decoding: Record<string, string | number | boolean>;
  seeds: { split: number; shots: number; sampling: number; bootstrap: number };
  /** Device, threads, runtime version. */
  machine: string;
}

/** How `baseline` was chosen: the score of each way of prompting on the validation rows. */
export interface Choice {
  rows: number;
  metric: string;
  scores: Record<string, number>;
  /** The validation rows are still being asked, and `baseline` only stands in for what will be chosen. */
  pending?: true;
}

export interface ComparisonRecord {
  format: "tunesmith-comparison-1";
  title: string;
  /** ISO 8601, UTC. */
  made: string;
  task: Task;
  /** The task the comparison was made with, where the answers were scored anew as another one. */
  declaredTask?: Task;
  ways: Way[];
  /** The way with the fine-tuned model, and the prompting it is compared with. */
  tuned: string;
  baseline: string;
  choice: Choice;
  /** Every shot that was shown. */
  shots: Example[];
  /** The rows that every way has answered. */
  rows: ComparisonRow[];
  /** How many rows there will be in the end; absent from records older than this, which hold them all. */
  rowsPlanned?: number;
  /** What training took; absent where it is not known. */
  trainingSeconds?: number;
  integrity: Integrity;
}

/** A metric of one way over all rows. */
export interface MetricSummary {
  id: string;
  title: string;
  /** A share of right rows (written as a percentage); otherwise a score on a scale of its own. */
  binary: boolean;
  score: number;
  interval: Interval;
}

export interface WaySummary {
  way: string;
  /** The deciding metric first. */
  metrics: MetricSummary[];
  breakdown?: Breakdown;
  /** Nats per token and per byte of the reference. */
  loss?: { perToken: number; perByte: number };
  /** Shares of the answers that the model ended itself, and that are empty. */
  endedShare: number;
  emptyShare: number;
  /** Means per answer. */
  promptTokens: number;
  outputTokens: number;
  seconds: number;
  /** How far two sampled answers to one prompt agree, on average; with how many samples a prompt. */
  consistency?: { agreement: number; samples: number };
  /** Rows for which not every shot fitted into the context. */
  rowsWithShotsDropped: number;
}

/** The score of every answer: `[metric id][way id][row]`. Metrics of whole test sets only are not in it. */
export type RowScores = Record<string, Record<string, number[]>>;

export interface Comparison extends ComparisonRecord {
  rowsPlanned: number;
  /** Every planned row is answered: only then does the verdict claim anything. */
  complete: boolean;
  taskTitle: string;
  /** Of every way; empty while no row is answered. */
  summaries: WaySummary[];
  /** Fine-tuned against each way of prompting, on the deciding metric; the main comparison first. Empty as above. */
  differences: Difference[];
  verdict: Verdict;
  scores: RowScores;
}
