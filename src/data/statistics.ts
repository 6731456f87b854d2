/** What a dataset is like, in numbers: for a terminal, and for a page with histograms. Plain data, as JSON has it. */
import type { Digest } from "./lint/digest.ts";
import { LabelCounts } from "./lint/labels.ts";

export interface Statistics {
  /** Records of the file. */
  rows: number;
  /** Those of them that are broken, or no objects. */
  unreadable: number;
  /** Those of them from which something can be learned. */
  learnable: number;
  /** Messages of a conversation; 0 for a plain text. */
  turns: Histogram;
  /** UTF-16 units of what is asked, and of the last answer. Plain texts are asked as a whole, and have no answer. */
  characters: { prompt: Histogram; answer: Histogram };
  /** Where they were counted. */
  tokens?: { prompt: Histogram; answer: Histogram; row: Histogram };
  /** Where answers are labels, as the rules on labels judge, and no set phrases. The most frequent first. */
  labels?: Count[];
  /** Codes of languages (ISO 639-3), the most frequent first; "" for rows whose language cannot be told. */
  languages: Count[];
  /** Different system messages, the most frequent first; at most 20, cut after 200 characters. */
  systems: Count[];
  duplicates: {
    /** Rows that say all that an earlier one says. */
    rows: number;
    /** Rows that ask what an earlier one asks. */
    prompts: number;
    /** Prompts that have different answers in different rows. */
    conflicting: number;
  };
}

export interface Count {
  value: string;
  rows: number;
}

/** Of whole numbers. All figures are 0 where there are none. */
export interface Histogram {
  count: number;
  total: number;
  least: number;
  most: number;
  mean: number;
  median: number;
  /** 5 and 95 of a hundred are at most as large. */
  p5: number;
  p95: number;
  /** Adjacent, in order, each from `from` to below `to`; the last takes the long tail, and may be wider. */
  bins: Bin[];
}

export interface Bin {
  from: number;
  to: number;
  count: number;
}

/** Tokens of one row. */
export interface RowTokenCount {
  prompt: number;
  answer: number;
}

const mostBins = 24;
const mostSystems = 20;
const longestSystem = 200;
/** With more of them, answers that are whole sentences are set phrases; with fewer, they may be labels. */
const mostSentences = 20;

/**
 * @param digests of all records that can be read, in order
 * @param tokens in the same order, where they were counted otherwise than into the digests; undefined for rows without
 * @param unreadable how many other records there are
 */
export function statisticsOf(
  digests: Iterable<Digest>,
  tokens?: readonly (RowTokenCount | undefined)[],
  unreadable = 0,
): Statistics {
  let readable = 0;
  let learnable = 0;
  const turns: number[] = [];
  const prompts: number[] = [];
  const answers: number[] = [];
  const counted: RowTokenCount[] = [];
  const labels = new LabelCounts();
  const languages = new Counter();
  const systems = new Counter();
  const contents = new Set<number>();
  const answersTo = new Map<number, Set<number>>();
  let [sameRows, samePrompts] = [0, 0];
  for (const digest of digests) {
    const row = readable++;
    if (contents.has(digest.content)) sameRows++;
    contents.add(digest.content);
    if (digest.prompt === 0) continue;
    learnable++;
    turns.push(digest.turns);
    prompts.push(digest.promptLength);
    answers.push(digest.answerLength);
    languages.add(digest.language ?? "");
    labels.change(digest, 1);
    if (digest.system !== undefined) systems.add(digest.system);
    const known = answersTo.get(digest.prompt);
    if (known) samePrompts++;
    if (known) known.add(digest.answer);
    else answersTo.set(digest.prompt, new Set([digest.answer]));
    const own = tokens ? tokens[row] : tokensOf(digest);
    if (own) counted.push(own);
  }
  const found = labels.labels();
  const named = found && !areSentences(found) ? found : undefined;
  return {
    rows: readable + unreadable,
    unreadable,
    learnable,
    turns: histogram(turns),
    characters: { prompt: histogram(prompts), answer: histogram(answers) },
    ...(counted.length > 0 && {
      tokens: {
        prompt: histogram(counted.map(({ prompt }) => prompt)),
        answer: histogram(counted.map(({ answer }) => answer)),
        row: histogram(counted.map(({ prompt, answer }) => prompt + answer)),
      },
    }),
    ...(named && { labels: named.map(([value, rows]) => ({ value, rows })) }),
    languages: languages.counts(),
    systems: systems
      .counts()
      .slice(0, mostSystems)
      .map(({ value, rows: count }) => ({ value: value.slice(0, longestSystem), rows: count })),
    duplicates: {
      rows: sameRows,
      prompts: samePrompts,
      conflicting: [...answersTo.values()].filter(({ size }) => size > 1).length,
    },
  };
}

function tokensOf({ promptTokens, answerTokens }: Digest): RowTokenCount | undefined {
  if (promptTokens === undefined || answerTokens === undefined) return undefined;
  return { prompt: promptTokens, answer: answerTokens };
}

function areSentences(labels: readonly (readonly [label: string, rows: number])[]): boolean {
  if (labels.length <= mostSentences) return false;
  let all = 0;
  let inSentences = 0;
  for (const [label, rows] of labels) {
    all += rows;
    if (sentence.test(label)) inSentences += rows;
  }
  return 2 * inSentences > all;
}

const sentence = /\s\S+\s.*[.!?…。！？]\P{L}*$/su;

class Counter {
  readonly #counts = new Map<string, number>();

  add(value: string): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }

  /** The most frequent first; of two that are equal, the one that sorts first. */
  counts(): Count[] {
    return [...this.#counts]
      .map(([value, rows]) => ({ value, rows }))
      .sort((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1));
  }
}

/**
 * Bins of one number each where the numbers are few; else of a round width (1, 2 or 5 times a power of ten), narrow
 * enough for the bulk: what lies beyond 99 of a hundred goes into the last bin, or a single long row would flatten all
 * others into one.
 */
export function histogram(values: readonly number[]): Histogram {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  if (count === 0) {
    return { count, total: 0, least: 0, most: 0, mean: 0, median: 0, p5: 0, p95: 0, bins: [] };
  }
  const total = sorted.reduce((sum, value) => sum + value, 0);
  const [least, most] = [sorted[0]!, sorted[count - 1]!];
  return {
    count,
    total,
    least,
    most,
    mean: total / count,
    median: quantile(sorted, 0.5),
    p5: quantile(sorted, 0.05),
    p95: quantile(sorted, 0.95),
    bins: binsOf(sorted, least, most),
  };
}

/** Nearest rank: the smallest value that so large a share of all does not exceed. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

function binsOf(sorted: Float64Array, least: number, most: number): Bin[] {
  const bulk = quantile(sorted, 0.99);
  const width = roundWidth((bulk - least + 1) / mostBins);
  const first = Math.floor(least / width) * width;
  const bins: Bin[] = [];
  for (let from = first; from <= bulk; from += width) bins.push({ from, to: from + width, count: 0 });
  const last = bins.at(-1)!;
  last.to = Math.max(last.to, most + 1);
  for (const value of sorted) bins[Math.min(Math.floor((value - first) / width), bins.length - 1)]!.count++;
  return bins;
}

/** The least of 1, 2, 5, 10, 20 … that is no less. */
function roundWidth(least: number): number {
  if (least <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((width) => width >= least - 1e-9)!;
}
