import type { Digest } from "../lint/digest.ts";
import { LengthHistogram } from "../lint/length-histogram.ts";
import type { Rule, SetFound } from "./rule.ts";

const csv = (lengths: readonly number[], mark = (text: string) => text): string =>
  `text\n${lengths
    .map((length, i) => `w${i} ${"word ".repeat(length)}`.trim())
    .map((text, i) => `${lengths[i]! > 60 ? mark(text) : text}\n`)
    .join("")}`;

const usual = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

export const lengthOutlier: Rule = {
  id: "length-outlier",
  level: "set",
  on: "set",
  severity: "info",
  summary: "A text is much longer or shorter than the others",
  rationale:
    "Such a row is often two that were run together, a page that slipped in whole, or an answer that is missing its end. A batch is as long as its longest row, so one such row costs the others time and memory. Lengths are compared by their logarithms with the median, and its own deviation: a few long rows do not change these. Where more than 1 % of the rows are so far off, lengths vary by nature, and nothing is said.",
  source:
    "Leys et al., *Detecting outliers: do not use standard deviation around the mean, use absolute deviation around the median* (2013); Data-Juicer's length filters.",
  options: {
    deviations: {
      default: 6,
      minimum: 2,
      description: "So many robust standard deviations away from the median length.",
    },
    rows: { default: 100, minimum: 3, description: "In fewer rows, nothing is said." },
  },
  index({ options: { deviations, rows: fewest } }) {
    const prompts = new LengthHistogram();
    const answers = new LengthHistogram();
    const change = ({ prompt, answer, promptLength, answerLength }: Digest, by: 1 | -1): void => {
      if (prompt === 0) return;
      prompts.change(promptLength, by);
      if (answer !== 0) answers.change(answerLength, by);
    };
    return {
      add: (_id, digest) => change(digest, 1),
      remove: (_id, digest) => change(digest, -1),
      report(rows, report) {
        const limits = [prompts, answers].map((histogram) => {
          if (histogram.total < fewest!) return undefined;
          const bounds = histogram.bounds(deviations!);
          const most = Math.max(1, histogram.total * mostShare);
          return bounds.outside > 0 && bounds.outside <= most ? { ...bounds, histogram } : undefined;
        });
        if (limits.every((limit) => limit === undefined)) return;
        for (const { id, digest } of rows.all()) {
          if (digest.prompt === 0) continue;
          for (const [i, limit] of limits.entries()) {
            if (!limit || (i === 1 && digest.answer === 0)) continue;
            const length = i === 0 ? digest.promptLength : digest.answerLength;
            if (length >= limit.shortest && length <= limit.longest) continue;
            report({ id, ...place(i, digest), message: message(i, length, digest, limit.histogram) });
          }
        }
      },
    };
  },
  bad: [
    {
      name: "train.csv",
      text: csv([...usual, 900], (text) => `«${text}»`),
      options: { rows: 10 },
    },
  ],
  good: [
    { name: "train.csv", text: csv([...usual, 40]), options: { rows: 10 } },
    { name: "train.csv", text: csv([...usual, 900]), note: "Too few rows to say." },
    {
      name: "train.csv",
      text: csv([...usual, 900, 1200]),
      options: { rows: 10 },
      note: "More than a few: lengths vary.",
    },
  ],
};

const mostShare = 0.01;

function place(i: number, { answer }: Digest): Pick<SetFound, "where"> {
  if (i === 1) return { where: "answer" };
  // A plain text, or the conversation before the answer.
  return answer === 0
    ? { where: ({ parts }) => (parts.texts[0] ? { at: parts.texts[0].at } : {}) }
    : { where: "prompt" };
}

function message(i: number, length: number, { answer }: Digest, histogram: LengthHistogram): string {
  const what = i === 1 ? "answer" : answer === 0 ? "text" : "prompt";
  const [low, high] = [0.05, 0.95].map((share) => histogram.quantile(share));
  return `the ${what} has ${length} characters, nine of ten have ${low} to ${high}`;
}
