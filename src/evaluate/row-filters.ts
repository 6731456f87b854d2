/**
 * Which rows are worth a look: a list of filters, the same for the compare page, the page that stands alone and the
 * counts beside their names. A new filter is one entry of `rowFilters`.
 */
import type { Comparison } from "./comparison.ts";

/** A row as filters, search and lists see it; by way id. */
export interface JudgedRow {
  /** Place in `Comparison.rows`, which stays while further rows come in. */
  index: number;
  id: string;
  /** The last turn before the answer. */
  question: string;
  reference: string;
  outputs: Record<string, string>;
  /** On the deciding metric, in [0, 1]; null where single rows have no score. */
  scores: Record<string, number | null>;
}

/** What filters need to know of a comparison besides its rows. */
export interface Sides {
  /** Way ids of the main comparison. */
  tuned: string;
  baseline: string;
  /** Whether the deciding metric calls each row right or wrong. */
  binary: boolean;
}

export interface RowFilter {
  id: string;
  title: string;
  /** What the rows it keeps have in common, as a sentence. */
  description: string;
  /** Whether it means anything for such scores; where it is absent, always. */
  applies?(sides: Sides): boolean;
  keeps(row: Pick<JudgedRow, "outputs" | "scores">, sides: Sides): boolean;
}

const values = <T>(record: Record<string, T>) => Object.values(record);
const lead = ({ scores }: Pick<JudgedRow, "scores">, { tuned, baseline }: Sides) =>
  (scores[tuned] ?? 0) - (scores[baseline] ?? 0);

export const rowFilters: readonly RowFilter[] = [
  { id: "all", title: "All", description: "Every row.", keeps: () => true },
  {
    id: "differ",
    title: "Differ",
    description:
      "The ways of asking are not all right or all wrong; without right and wrong, their texts differ.",
    keeps: ({ outputs, scores }, { binary }) => new Set(values<unknown>(binary ? scores : outputs)).size > 1,
  },
  {
    id: "wins",
    title: "Fine-tuned wins",
    description: "The fine-tuned model scores higher than the prompting it is compared with.",
    keeps: (row, sides) => lead(row, sides) > 0,
  },
  {
    id: "loses",
    title: "Fine-tuned loses",
    description: "The fine-tuned model scores lower than the prompting it is compared with.",
    keeps: (row, sides) => lead(row, sides) < 0,
  },
  {
    id: "fail",
    title: "All fail",
    description: "No way of asking is right.",
    applies: ({ binary }) => binary,
    keeps: ({ scores }) => values(scores).every((score) => score === 0),
  },
];

export function sidesOf({ tuned, baseline, summaries }: Comparison): Sides {
  return { tuned, baseline, binary: summaries[0]?.metrics[0]?.binary ?? false };
}

/** The rows of a comparison in the form that lists and filters use, from an index on. */
export function judgedRows(comparison: Comparison, from = 0, to = comparison.rows.length): JudgedRow[] {
  const { rows, ways, scores, summaries } = comparison;
  const deciding = scores[summaries[0]?.metrics[0]?.id ?? ""];
  const byWay = <T>(value: (way: string) => T) => Object.fromEntries(ways.map(({ id }) => [id, value(id)]));
  return rows.slice(from, to).map(({ id, messages, reference, answers }, r) => ({
    index: from + r,
    id,
    question: messages.at(-1)?.content ?? "",
    reference,
    outputs: byWay((way) => answers[way]!.text),
    scores: byWay((way) => deciding?.[way]?.[from + r] ?? null),
  }));
}

/** The filters that mean something for a comparison, each with the indices of the rows it keeps. */
export function filteredRows(rows: readonly JudgedRow[], sides: Sides): (RowFilter & { rows: number[] })[] {
  return rowFilters
    .filter(({ applies }) => applies?.(sides) ?? true)
    .map((filter) => ({
      ...filter,
      rows: rows.filter((row) => filter.keeps(row, sides)).map(({ index }) => index),
    }));
}
