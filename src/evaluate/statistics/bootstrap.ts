/**
 * The bootstrap: rows are drawn again with replacement, the score is computed again from the drawn rows, and the spread
 * of those scores stands for the spread over test sets. B. Efron and R. J. Tibshirani, "An Introduction to the
 * Bootstrap" (1993), chapter 13 (percentile interval); for corpus metrics as in P. Koehn, "Statistical significance
 * tests for machine translation evaluation" (EMNLP 2004): whole rows are drawn, never their parts.
 *
 * Scores given together see the same draws, so the difference of two is a paired bootstrap.
 */
import { Random } from "../../random/random.ts";
import type { Interval } from "./wilson.ts";

/** A score recomputed from the rows at `draw` (row numbers, repeats included). */
export type ResampledScore = (draw: Uint32Array) => number;

export const defaultResamples = 10_000;

/**
 * For each of `scores`, its value on every resample: `[scores][resamples]`.
 * `rows`: how many rows there are to draw from, at least one.
 */
export function bootstrap(
  rows: number,
  scores: readonly ResampledScore[],
  options: { seed: number; resamples?: number },
): Float64Array[] {
  const resamples = options.resamples ?? defaultResamples;
  const random = new Random("bootstrap", options.seed);
  const draw = new Uint32Array(rows);
  const values = scores.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample++) {
    for (let i = 0; i < rows; i++) draw[i] = random.integer(rows);
    scores.forEach((score, s) => {
      values[s]![resample] = score(draw);
    });
  }
  return values;
}

/** The 2.5 % and 97.5 % quantiles (linear between order statistics, type 7 of Hyndman and Fan 1996). */
export function percentileInterval(values: Float64Array): Interval {
  const sorted = values.toSorted();
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/**
 * Two-sided p that a difference is zero, the percentile interval turned round: twice the smaller share of resampled
 * differences on either side of zero, one added to count and resamples (Davison and Hinkley, "Bootstrap Methods and
 * their Application" (1997), section 4.4), so that it is never 0.
 */
export function bootstrapP(differences: Float64Array): number {
  let below = 1;
  let above = 1;
  for (const difference of differences) {
    if (difference <= 0) below++;
    if (difference >= 0) above++;
  }
  return Math.min(1, (2 * Math.min(below, above)) / (differences.length + 1));
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const lower = Math.floor(place);
  const upper = Math.ceil(place);
  return sorted[lower]! + (place - lower) * (sorted[upper]! - sorted[lower]!);
}
