/** Fewer points that look the same: what a chart hands to its canvas is bounded by its width, not by the run's length. */
import { firstAtLeast, type Numbers } from "./sorted.ts";

export interface Points {
  x: number[];
  y: number[];
}

/**
 * As `decimate` for a line that is an average already: where points are many, each bucket gives their mean, so that the
 * line stays a line.
 */
export function averages(x: Numbers, y: Numbers, min: number, max: number, buckets: number): Points {
  const [from, to] = visible(x, min, max);
  if (to - from <= buckets + 2) return slice(x, y, from, to);
  const points: Points = { x: [], y: [] };
  forBuckets(x, from, to, min, max, buckets, (start, end) => {
    let sum = 0;
    for (let index = start; index < end; index++) sum += y[index]!;
    points.x.push(x[(start + end - 1) >> 1]!);
    points.y.push(sum / (end - start));
  });
  return points;
}

/**
 * The points from `min` to `max`, and one beyond each end, so that lines leave the picture. Where there are more than two
 * per bucket, each bucket keeps its lowest and its highest one in their order: peaks stay, and nothing is invented.
 *
 * @param x ascending
 * @param buckets the width in pixels
 */
export function decimate(x: Numbers, y: Numbers, min: number, max: number, buckets: number): Points {
  const [from, to] = visible(x, min, max);
  if (to - from <= 2 * buckets + 2) return slice(x, y, from, to);
  const points: Points = { x: [], y: [] };
  const keep = (index: number) => {
    points.x.push(x[index]!);
    points.y.push(y[index]!);
  };
  forBuckets(x, from, to, min, max, buckets, (start, end) => {
    let low = start;
    let high = start;
    for (let index = start; index < end; index++) {
      if (y[index]! < y[low]!) low = index;
      if (y[index]! > y[high]!) high = index;
    }
    keep(Math.min(low, high));
    if (low !== high) keep(Math.max(low, high));
  });
  return points;
}

/** The first index to draw and the one after the last. */
function visible(x: Numbers, min: number, max: number): [from: number, to: number] {
  let to = firstAtLeast(x, max);
  while (to < x.length && x[to] === max) to++;
  return [Math.max(0, firstAtLeast(x, min) - 1), Math.min(x.length, to + 1)];
}

function slice(x: Numbers, y: Numbers, from: number, to: number): Points {
  return { x: Array.prototype.slice.call(x, from, to), y: Array.prototype.slice.call(y, from, to) };
}

/** Calls back with each bucket's first index and the one after its last; empty buckets are passed over. */
function forBuckets(
  x: Numbers,
  from: number,
  to: number,
  min: number,
  max: number,
  buckets: number,
  each: (start: number, end: number) => void,
): void {
  const bucketOf = (index: number) => Math.floor(((x[index]! - min) / (max - min)) * buckets);
  for (let start = from; start < to; ) {
    const bucket = bucketOf(start);
    let end = start + 1;
    while (end < to && bucketOf(end) === bucket) end++;
    each(start, end);
    start = end;
  }
}
