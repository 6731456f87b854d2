/**
 * Short answers: a name, a number, a phrase. Exact match and token F1 as in SQuAD (Rajpurkar et al., EMNLP 2016,
 * arXiv:1606.05250), with the normalisation of `words.ts`.
 */
import { meanOfRows, type TaskType } from "./metric.ts";
import { answerTokens, normaliseAnswer, words } from "./words.ts";

export const shortAnswer: TaskType<"short-answer"> = {
  id: "short-answer",
  title: "Short answers",
  description: "Is the answer the reference, but for case and punctuation, and how many of its words are?",

  recognise(references) {
    const short = references.filter(
      (reference) =>
        words(reference).length <= 8 && reference.length <= 80 && !/[\n\r]/.test(reference.trim()),
    ).length;
    if (short < 0.95 * references.length) return undefined;
    return `${short} of the ${references.length} answers are one line of at most eight words`;
  },

  scorer: () => ({
    metrics: [
      meanOfRows("exact-match", "Exact match", sameAnswer, { binary: true }),
      meanOfRows("exact-match-raw", "Exact match, to the letter", (a, b) => a.trim() === b.trim(), {
        binary: true,
      }),
      meanOfRows("token-f1", "Token F1", tokenF1, { binary: false }),
    ],
    agreement: (first, second) => Number(sameAnswer(first, second)),
  }),
};

function sameAnswer(first: string, second: string): boolean {
  return normaliseAnswer(first) === normaliseAnswer(second);
}

/** F1 of the two bags of tokens; of two empty answers 1, of one empty answer 0. */
export function tokenF1(output: string, reference: string): number {
  const given = answerTokens(output);
  const wanted = answerTokens(reference);
  if (given.length === 0 || wanted.length === 0) return Number(given.length === wanted.length);
  const left = new Map<string, number>();
  for (const token of wanted) left.set(token, (left.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of given) {
    const remaining = left.get(token) ?? 0;
    if (remaining > 0) shared++;
    left.set(token, remaining - 1);
  }
  return (2 * shared) / (given.length + wanted.length);
}
