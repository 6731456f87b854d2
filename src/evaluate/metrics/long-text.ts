/**
 * Free text, by overlap with the reference.
 *
 * chrF: M. Popović, "chrF: character n-gram F-score for automatic MT evaluation" (WMT 2015), as sacrebleu computes
 * `chrF2|nc:6|nw:0|space:no|eff:yes`: n-grams of 1 to 6 characters without whitespace, β = 2. Its corpus score sums the
 * counts of all rows first. ROUGE-L: C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries" (2004), as
 * Google's rouge-score computes `rougeL` F, without stemming; its corpus score is the mean.
 */
import { type Measured, type Metric, meanOfRows, type TaskType } from "./metric.ts";
import { words } from "./words.ts";

const longestGram = 6;
const betaSquared = 4;

const chrF: Metric = {
  id: "chrf",
  title: "chrF",
  binary: false,
  measure: chrFCounts,
  rowScore: chrFScore,
  score: (measured) => {
    const sums = new Array<number>(3 * longestGram).fill(0);
    for (const row of measured) for (let i = 0; i < sums.length; i++) sums[i]! += row[i]!;
    return chrFScore(sums);
  },
};

export const longText: TaskType<"long-text"> = {
  id: "long-text",
  title: "Long text",
  description:
    "How much of the wording, by characters (chrF) and by word order (ROUGE-L), is the reference's?",

  recognise: () => "the answers are longer or freer than labels, short answers or JSON",

  scorer: () => ({
    metrics: [chrF, meanOfRows("rouge-l", "ROUGE-L", rougeL, { binary: false })],
    agreement: rougeL,
  }),
};

/** Per n = 1 … 6: n-grams of the output, of the reference, and in both; outputs count only where the reference has any. */
function chrFCounts(output: string, reference: string): Measured {
  const given = [...output.replace(/\s+/gu, "")];
  const wanted = [...reference.replace(/\s+/gu, "")];
  const counts: number[] = [];
  for (let n = 1; n <= longestGram; n++) {
    const left = new Map<string, number>();
    for (let i = 0; i + n <= wanted.length; i++) {
      const gram = wanted.slice(i, i + n).join("");
      left.set(gram, (left.get(gram) ?? 0) + 1);
    }
    let shared = 0;
    for (let i = 0; i + n <= given.length; i++) {
      const gram = given.slice(i, i + n).join("");
      const remaining = left.get(gram) ?? 0;
      if (remaining > 0) {
        shared++;
        left.set(gram, remaining - 1);
      }
    }
    const inReference = Math.max(0, wanted.length - n + 1);
    counts.push(inReference === 0 ? 0 : Math.max(0, given.length - n + 1), inReference, shared);
  }
  return counts;
}

/** F_β of the mean precision and mean recall over the n for which both texts have n-grams. */
function chrFScore(counts: Measured): number {
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (let n = 0; n < longestGram; n++) {
    const [given, wanted, shared] = [counts[3 * n]!, counts[3 * n + 1]!, counts[3 * n + 2]!];
    if (given === 0 || wanted === 0) continue;
    precision += shared / given;
    recall += shared / wanted;
    orders++;
  }
  if (precision + recall === 0) return 0;
  return ((1 + betaSquared) * precision * recall) / (betaSquared * precision + recall) / orders;
}

/** F1 of the longest common subsequence of words. */
export function rougeL(output: string, reference: string): number {
  const given = words(output);
  const wanted = words(reference);
  if (given.length === 0 || wanted.length === 0) return 0;
  return (2 * longestCommonSubsequence(given, wanted)) / (given.length + wanted.length);
}

function longestCommonSubsequence(first: readonly string[], second: readonly string[]): number {
  // One row of the table at a time: lengths[j] is the answer for first[..i] and second[..j].
  const lengths = new Uint32Array(second.length + 1);
  for (const word of first) {
    let diagonal = 0;
    for (let j = 1; j <= second.length; j++) {
      const above = lengths[j]!;
      lengths[j] = word === second[j - 1] ? diagonal + 1 : Math.max(above, lengths[j - 1]!);
      diagonal = above;
    }
  }
  return lengths[second.length]!;
}
