/** Fewer points that look the same: what a chart hands to its canvas is bounded by its width, not by the run's length. */
import { firstAtLeast, type Numbers } from "./sorted.ts";

export interface Points {
  x: number[];
  y: number[];
}

/**
 * The points from `min` to `max`, and one beyond each end, so that lines leave the picture. Where there are more than two
 * per bucket, each bucket keeps its lowest and its highest one in their order: peaks stay, and nothing is invented.
 *
 * @param x ascending
 * @param buckets the width in pixels
 */
export function decimate(x: Numbers, y: Numbers, min: number, max: number, buckets: number): Points {
  const from = Math.max(0, firstAtLeast(x, min) - 1);
  let to = firstAtLeast(x, max);
  while (to < x.length && x[to] === max) to++;
  to = Math.min(x.length, to + 1);
  const points: Points = { x: [], y: [] };
  const keep = (index: number) => {
    points.x.push(x[index]!);
    points.y.push(y[index]!);
  };
  if (to - from <= 2 * buckets + 2) {
    for (let index = from; index < to; index++) keep(index);
    return points;
  }
  const bucketOf = (index: number) => Math.floor(((x[index]! - min) / (max - min)) * buckets);
  for (let start = from; start < to; ) {
    const bucket = bucketOf(start);
    let low = start;
    let high = start;
    let end = start + 1;
    for (; end < to && bucketOf(end) === bucket; end++) {
      if (y[end]! < y[low]!) low = end;
      if (y[end]! > y[high]!) high = end;
    }
    keep(Math.min(low, high));
    if (low !== high) keep(Math.max(low, high));
    start = end;
  }
  return points;
}
