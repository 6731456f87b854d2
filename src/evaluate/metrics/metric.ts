/**
 * What a metric and a task type are. A task type is one file in this folder and one line in `list.ts`.
 *
 * A metric first measures each row alone, then scores a set of measured rows: so rows can be resampled and the score
 * recomputed, also where it is not a mean of rows (macro-F1, corpus chrF). All scores lie in [0, 1].
 */

/** What a metric keeps of one row: a few numbers whose meaning is the metric's own. */
export type Measured = readonly number[];

export interface Metric {
  readonly id: string;
  readonly title: string;
  /** Each row is right or wrong and the score is the share right: proportions have their own intervals and tests. */
  readonly binary: boolean;
  measure(output: string, reference: string): Measured;
  /** The score of one row, where one row has a score. */
  rowScore?(measured: Measured): number;
  /** The score of at least one row together. */
  score(measured: readonly Measured[]): number;
}

/** A task type made ready for a dataset: its metrics, the one that decides first. */
export interface Scorer {
  readonly metrics: readonly [Metric, ...Metric[]];
  /** How far two answers of the same model to the same row agree, in [0, 1]. */
  agreement(first: string, second: string): number;
  /** A closer look than a score: what is confused with what, which field is wrong. */
  breakdown?(outputs: readonly string[], references: readonly string[]): Breakdown;
}

export interface TaskType<Id extends string = string> {
  readonly id: Id;
  readonly title: string;
  /** What is measured, in one line, for a person who chooses between task types. */
  readonly description: string;
  /** Whether these references look like this task: the reason if so, in words that end a sentence. */
  recognise(references: readonly string[]): string | undefined;
  /** Whether a person may ask for such references to be scored so, recognised or not; where it is absent, always. */
  applies?(references: readonly string[]): boolean;
  /** `references`: all known ones, from training, validation and test rows. Labels come from here. */
  scorer(labels: readonly string[]): Scorer;
}

export interface ConfusionBreakdown {
  kind: "confusion";
  /** The labels, alphabetically. */
  labels: string[];
  /** `counts[reference][output]`; the last column counts outputs that are no known label. */
  counts: number[][];
  perLabel: LabelScore[];
}

export interface LabelScore {
  label: string;
  /** Rows with this label as their reference. */
  rows: number;
  precision: number;
  recall: number;
  f1: number;
}

export interface FieldBreakdown {
  kind: "fields";
  fields: { field: string; rows: number; right: number }[];
}

export type Breakdown = ConfusionBreakdown | FieldBreakdown;

/** A metric whose score is the mean of its rows' scores; `binary` when each row scores 0 or 1. */
export function meanOfRows(
  id: string,
  title: string,
  rowScore: (output: string, reference: string) => number | boolean,
  options: { binary: boolean },
): Metric {
  return {
    id,
    title,
    binary: options.binary,
    measure: (output, reference) => [Number(rowScore(output, reference))],
    rowScore: ([score]) => score!,
    score: mean,
  };
}

function mean(measured: readonly Measured[]): number {
  let sum = 0;
  for (const row of measured) sum += row[0]!;
  return sum / measured.length;
}
