/**
 * The rows as the page's script reads them. What rows share (the shots' texts, the beginning and end of the prompts) is
 * stored once, so that ten thousand rows stay a few megabytes.
 */
import type { Comparison } from "../comparison.ts";
import { type Note, notesOf, type Thumb } from "../notes.ts";
import { filteredRows, judgedRows, sidesOf } from "../row-filters.ts";

export interface PageData {
  ways: PageWay[];
  /** Places of the fine-tuned model and of the best prompting in `ways`. */
  tuned: number;
  baseline: number;
  /** Whether a row is right or wrong; otherwise it has a score. */
  binary: boolean;
  metric: string;
  /** Whether to show in which words an answer differs from its reference: not where it is one of a few labels. */
  compare: boolean;
  shots: Record<string, { question: string; answer: string }>;
  /** What each filter keeps, by the rows' places. */
  filters: Record<string, number[]>;
  rows: PageRow[];
}

interface PageWay {
  title: string;
  /** With what each row's prompt begins and ends. */
  promptStart: string;
  promptEnd: string;
}

interface PageRow {
  id: string;
  question: string;
  /** How many turns come before the question. */
  earlier: number;
  reference: string;
  answers: PageAnswer[];
  /** What a person noted. */
  note?: string;
}

interface PageAnswer {
  text: string;
  score: number;
  ended: boolean;
  promptTokens: number;
  outputTokens: number;
  seconds: number;
  /** The prompt between the way's `promptStart` and `promptEnd`. */
  prompt: string;
  shots: string[];
  dropped: number;
  thumb?: Thumb;
}

/** Of a comparison with at least one row. */
export function pageData(comparison: Comparison, notes: readonly Note[] = []): PageData {
  const { ways, rows, shots, tuned, baseline, summaries, scores } = comparison;
  const metric = summaries[0]!.metrics[0]!;
  const pageWays = ways.map(({ id, title }): PageWay => {
    const prompts = rows.map(({ answers }) => answers[id]!.prompt);
    const promptStart = sharedStart(prompts);
    const rest = prompts.map((prompt) => prompt.slice(promptStart.length));
    return { title, promptStart, promptEnd: sharedEnd(rest) };
  });
  const noted = notesOf(rows, notes);
  const kept = filteredRows(judgedRows(comparison), sidesOf(comparison));
  return {
    ways: pageWays,
    tuned: ways.findIndex(({ id }) => id === tuned),
    baseline: ways.findIndex(({ id }) => id === baseline),
    binary: metric.binary,
    metric: metric.title,
    compare: comparison.task.id !== "labels",
    shots: Object.fromEntries(
      shots.map(({ id, messages, answer }) => [id, { question: messages.at(-1)?.content ?? "", answer }]),
    ),
    filters: Object.fromEntries(kept.map(({ id, rows }) => [id, rows])),
    rows: rows.map((row, r) => ({
      ...(noted[r]?.text && { note: noted[r].text }),
      id: row.id,
      question: row.messages.at(-1)?.content ?? "",
      earlier: Math.max(0, row.messages.filter(({ role }) => role !== "system").length - 1),
      reference: row.reference,
      answers: ways.map(({ id }, w): PageAnswer => {
        const { text, ended, promptTokens, outputTokens, seconds, prompt, shots, shotsDropped } =
          row.answers[id]!;
        const { promptStart, promptEnd } = pageWays[w]!;
        const thumb = noted[r]?.thumbs[id];
        return {
          text,
          score: scores[metric.id]![id]![r]!,
          ended,
          promptTokens,
          outputTokens,
          seconds: Number(seconds.toFixed(4)),
          prompt: prompt.slice(promptStart.length, prompt.length - promptEnd.length),
          shots,
          dropped: shotsDropped,
          ...(thumb && { thumb }),
        };
      }),
    })),
  };
}

function sharedStart(texts: readonly string[]): string {
  let shared = texts[0]!;
  for (const text of texts) {
    let length = 0;
    while (length < shared.length && shared[length] === text[length]) length++;
    shared = shared.slice(0, length);
  }
  return shared;
}

function sharedEnd(texts: readonly string[]): string {
  let shared = texts[0]!;
  for (const text of texts) {
    let length = 0;
    while (length < shared.length && shared.at(-1 - length) === text.at(-1 - length)) length++;
    shared = shared.slice(shared.length - length);
  }
  return shared;
}
