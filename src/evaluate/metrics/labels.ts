/**
 * Classification: the answer is one of a small set of labels.
 *
 * An output is matched to a label by normalised exactness: first folded (NFKC, case, whitespace), then also without the
 * punctuation around it ("**Positive.**" is "positive"), where that leaves the labels apart ("C++" and "C" stay two).
 * An output that is no known label is wrong, and counted as "other".
 */
import { internalError } from "../../protocol/errors.ts";
import type { Breakdown, LabelScore, Measured, Metric, TaskType } from "./metric.ts";
import { fold } from "./words.ts";

export const labels: TaskType<"labels"> = {
  id: "labels",
  title: "Labels",
  description: "Is the answer the right one of the known labels, and which are confused?",

  recognise(references) {
    const known = knownLabels(references);
    const rowsOf = new Map<string, number>();
    for (const reference of references) rowsOf.set(fold(reference), (rowsOf.get(fold(reference)) ?? 0) + 1);
    const repeated = references.filter((reference) => rowsOf.get(fold(reference))! > 1).length;
    const few =
      known.length >= 2 && references.length >= 3 * known.length && repeated >= 0.9 * references.length;
    if (!few || !areShort(known)) return undefined;
    return `the ${references.length} answers are ${known.length} short texts that repeat`;
  },

  applies(references) {
    const known = knownLabels(references);
    return known.length >= 2 && known.length < references.length && areShort(known);
  },

  scorer(references) {
    const known = knownLabels(references);
    const match = labelMatcher(known);
    const measure = (output: string, reference: string): Measured => {
      const wanted = match(reference);
      if (wanted === known.length)
        throw internalError(`the reference "${reference}" is not among the labels`);
      return [match(output), wanted];
    };
    const macroF1: Metric = {
      id: "macro-f1",
      title: "Macro-F1",
      binary: false,
      measure,
      score: (measured) => {
        const present = labelScores(measured, known).filter((label) => label.rows > 0);
        return present.reduce((sum, label) => sum + label.f1, 0) / present.length;
      },
    };
    return {
      metrics: [
        {
          id: "accuracy",
          title: "Accuracy",
          binary: true,
          measure,
          rowScore: isRight,
          score: (measured) => measured.reduce((sum, row) => sum + isRight(row), 0) / measured.length,
        },
        macroF1,
      ],
      agreement: (first, second) => {
        const label = match(first);
        return Number(label === match(second) && (label < known.length || fold(first) === fold(second)));
      },
      breakdown: (outputs, rows) =>
        confusion(
          outputs.map((output, row) => measure(output, rows[row]!)),
          known,
        ),
    };
  },
};

function areShort(known: readonly string[]): boolean {
  return known.every((label) => label.length <= 60 && !/[\n\r]/.test(label));
}

function isRight([output, reference]: Measured): number {
  return Number(output === reference);
}

/** The distinct references, alphabetically, each in its most frequent spelling (of two as frequent, the first met). */
export function knownLabels(references: readonly string[]): string[] {
  const spellings = new Map<string, Map<string, number>>();
  for (const reference of references) {
    const counts = spellings.get(fold(reference)) ?? new Map<string, number>();
    counts.set(reference.trim(), (counts.get(reference.trim()) ?? 0) + 1);
    spellings.set(fold(reference), counts);
  }
  return [...spellings]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, counts]) => [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0]);
}

/** From a text to its place in `known`; `known.length` for "other". */
function labelMatcher(known: readonly string[]): (text: string) => number {
  const exact = new Map(known.map((label, index) => [fold(label), index]));
  const bare = new Map<string, number>();
  const ambiguous = new Set<string>();
  known.forEach((label, index) => {
    const key = withoutOuterPunctuation(fold(label));
    if (bare.has(key)) ambiguous.add(key);
    bare.set(key, index);
  });
  for (const key of ambiguous) bare.delete(key);
  return (text) => {
    const folded = fold(text);
    const found = exact.get(folded) ?? bare.get(withoutOuterPunctuation(folded));
    return found ?? known.length;
  };
}

function withoutOuterPunctuation(text: string): string {
  return text.replace(/^[\p{P}\p{S}\s]+|[\p{P}\p{S}\s]+$/gu, "");
}

/**
 * Precision, recall and F1 = 2·right / (rows + outputs) of each label, 0 where undefined. Macro-F1 is the mean of F1
 * over the labels that occur among the references (M. Sokolova and G. Lapalme, "A systematic analysis of performance
 * measures for classification tasks", 2009; scikit-learn's `f1_score(average="macro", labels=set(references))`).
 */
function labelScores(measured: readonly Measured[], known: readonly string[]): LabelScore[] {
  const rows = new Uint32Array(known.length + 1);
  const outputs = new Uint32Array(known.length + 1);
  const right = new Uint32Array(known.length + 1);
  // By index: the bootstrap comes through here for every row of every draw, and taking pairs apart is slow.
  for (let i = 0; i < measured.length; i++) {
    const output = measured[i]![0]!;
    const reference = measured[i]![1]!;
    rows[reference]!++;
    outputs[output]!++;
    if (output === reference) right[output]!++;
  }
  return known.map((label, i) => ({
    label,
    rows: rows[i]!,
    precision: outputs[i] === 0 ? 0 : right[i]! / outputs[i]!,
    recall: rows[i] === 0 ? 0 : right[i]! / rows[i]!,
    f1: rows[i]! + outputs[i]! === 0 ? 0 : (2 * right[i]!) / (rows[i]! + outputs[i]!),
  }));
}

function confusion(measured: readonly Measured[], known: readonly string[]): Breakdown {
  const counts = known.map(() => new Array<number>(known.length + 1).fill(0));
  for (const [output, reference] of measured) counts[reference!]![output!]!++;
  return { kind: "confusion", labels: [...known], counts, perLabel: labelScores(measured, known) };
}
