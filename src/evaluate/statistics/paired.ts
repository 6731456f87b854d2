/**
 * Two ways of asking, right or wrong on the same rows: a test and an interval for the difference.
 *
 * Test: Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
 * Psychometrika 12 (1947) 153–157, in its exact form: given the discordant rows, who is right on each is a fair coin.
 *
 * Interval: method 10 of R. G. Newcombe, "Improved confidence intervals for the difference between binomial proportions
 * based on paired data", Statistics in Medicine 17 (1998) 2635–2650: Wilson's intervals of both proportions, combined by
 * squaring and adding, with the rows' correlation φ continuity-corrected.
 */
import { type Interval, wilsonInterval } from "./wilson.ts";

/** The rows of a paired comparison, by who was right. */
export interface PairedCounts {
  both: number;
  onlyFirst: number;
  onlySecond: number;
  neither: number;
}

export function countPairs(first: readonly boolean[], second: readonly boolean[]): PairedCounts {
  const counts: PairedCounts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  first.forEach((firstRight, row) => {
    if (firstRight) counts[second[row] ? "both" : "onlyFirst"]++;
    else counts[second[row] ? "onlySecond" : "neither"]++;
  });
  return counts;
}

/**
 * Two-sided p of the exact test: min(1, 2 · P(X ≤ min(b, c))), X ~ Binomial(b + c, ½), with b and c the discordant
 * counts. With fewer than six discordant rows it cannot fall under 0.05.
 */
export function mcnemarExact({ onlyFirst, onlySecond }: PairedCounts): number {
  const discordant = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // In logarithms, since 2^-discordant underflows beyond 1074 rows: the largest term of the tail, then its neighbours
  // by their ratio C(m, k − 1) / C(m, k) = k / (m − k + 1).
  let logTerm = -discordant * Math.LN2;
  for (let k = 1; k <= fewer; k++) logTerm += Math.log((discordant - k + 1) / k);
  let tail = 1;
  let ratio = 1;
  for (let k = fewer; k > 0; k--) {
    ratio *= k / (discordant - k + 1);
    tail += ratio;
  }
  return Math.min(1, 2 * Math.exp(logTerm) * tail);
}

/** 95 % interval of (share right of the first) − (share right of the second), over at least one row. */
export function newcombeInterval(counts: PairedCounts): Interval {
  const { both, onlyFirst, onlySecond, neither } = counts;
  const n = both + onlyFirst + onlySecond + neither;
  const firstRight = both + onlyFirst;
  const secondRight = both + onlySecond;
  const p1 = firstRight / n;
  const p2 = secondRight / n;
  const first = wilsonInterval(firstRight, n);
  const second = wilsonInterval(secondRight, n);
  const phi = correctedPhi(counts);
  const difference = (onlyFirst - onlySecond) / n;
  const below =
    (p1 - first.low) ** 2 - 2 * phi * (p1 - first.low) * (second.high - p2) + (second.high - p2) ** 2;
  const above =
    (p2 - second.low) ** 2 - 2 * phi * (p2 - second.low) * (first.high - p1) + (first.high - p1) ** 2;
  return { low: difference - Math.sqrt(below), high: difference + Math.sqrt(above) };
}

/**
 * φ = (ad − bc) / √(product of the four margins), where a positive numerator is first drawn towards zero by n/2;
 * 0 when a margin is empty.
 */
function correctedPhi({ both, onlyFirst, onlySecond, neither }: PairedCounts): number {
  const n = both + onlyFirst + onlySecond + neither;
  const margins = (both + onlyFirst) * (onlySecond + neither) * (both + onlySecond) * (onlyFirst + neither);
  if (margins === 0) return 0;
  const cross = both * neither - onlyFirst * onlySecond;
  return (cross > 0 ? Math.max(cross - n / 2, 0) : cross) / Math.sqrt(margins);
}
