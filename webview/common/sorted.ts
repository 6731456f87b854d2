/** Look-ups in ascending numbers. */

export type Numbers = ArrayLike<number>;

/** The first index whose value is not below `value`; the length if there is none. */
export function firstAtLeast(sorted: Numbers, value: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The index of the value that lies closest, the lower one on a tie; −1 if there is none. */
export function nearest(sorted: Numbers, value: number): number {
  const above = firstAtLeast(sorted, value);
  if (above === 0) return sorted.length > 0 ? 0 : -1;
  if (above === sorted.length) return above - 1;
  return value - sorted[above - 1]! <= sorted[above]! - value ? above - 1 : above;
}

/** The index of the last value that is not above `value`; −1 if there is none. */
export function lastAtMost(sorted: Numbers, value: number): number {
  const above = firstAtLeast(sorted, value);
  return sorted[above] === value ? above : above - 1;
}
