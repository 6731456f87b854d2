/**
 * The score interval for one proportion. E. B. Wilson, "Probable inference, the law of succession, and statistical
 * inference", JASA 22 (1927) 209–212; without continuity correction, method 3 of R. G. Newcombe, "Two-sided confidence
 * intervals for the single proportion", Statistics in Medicine 17 (1998) 857–872.
 */

/** Lower and upper end of a 95 % interval, in the unit of what it surrounds. */
export interface Interval {
  low: number;
  high: number;
}

/** Every interval of this room is a two-sided 95 % interval; this is the normal quantile at 0.975. */
export const z95 = 1.959963984540054;

/**
 * With p = right/n: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).
 * Of nothing at all (n = 0) nothing is known: [0, 1].
 */
export function wilsonInterval(right: number, n: number): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const p = right / n;
  const z2 = z95 * z95;
  const centre = p + z2 / (2 * n);
  const spread = z95 * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  const scale = 1 + z2 / n;
  // At the edges the formula gives 0 and 1 exactly; rounding would leave 1e-17 there.
  return {
    low: right === 0 ? 0 : (centre - spread) / scale,
    high: right === n ? 1 : (centre + spread) / scale,
  };
}
