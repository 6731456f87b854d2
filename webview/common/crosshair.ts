/** Where keys move the crosshair and the visible range of a chart. Pure. */
import { firstAtLeast, lastAtMost, type Numbers, nearest } from "./sorted.ts";

export type Range = readonly [min: number, max: number];

/**
 * The crosshair's next place among the points `x` of the visible range, or null where the key does not move it. An arrow
 * goes to the next point that is at least `least` away (a pixel: a hundred thousand points are crossed in a minute, and
 * zoomed in every one is met); page up and down go a tenth of the range.
 */
export function moveCrosshair(
  x: Numbers,
  at: number | null,
  key: string,
  [min, max]: Range,
  least: number,
): number | null {
  const first = firstAtLeast(x, min);
  const last = lastAtMost(x, max);
  if (first > last) return null;
  const within = (index: number) => x[Math.min(last, Math.max(first, index))]!;
  const from = at ?? (key === "ArrowLeft" || key === "PageDown" ? max : min);
  const tenth = (max - min) / 10;
  switch (key) {
    case "Home":
      return x[first]!;
    case "End":
      return x[last]!;
    case "PageUp":
      return within(nearest(x, from - tenth));
    case "PageDown":
      return within(nearest(x, from + tenth));
    case "ArrowRight":
      return at === null
        ? x[first]!
        : within(Math.max(lastAtMost(x, from) + 1, firstAtLeast(x, from + least)));
    case "ArrowLeft":
      return at === null
        ? x[last]!
        : within(Math.min(firstAtLeast(x, from) - 1, lastAtMost(x, from - least)));
    default:
      return null;
  }
}

/** A range `factor` times as wide, around a point that stays where it is, within `whole`; null for all of it. */
export function zoomed([min, max]: Range, factor: number, around: number, whole: Range): Range | null {
  return clamped([around - (around - min) * factor, around + (max - around) * factor], whole);
}

/** The range moved by a share of its width, within `whole`. */
export function moved([min, max]: Range, share: number, whole: Range): Range | null {
  const wanted = (max - min) * share;
  const by = Math.max(whole[0] - min, Math.min(whole[1] - max, wanted));
  return clamped([min + by, max + by], whole);
}

function clamped([min, max]: Range, whole: Range): Range | null {
  const range: Range = [Math.max(min, whole[0]), Math.min(max, whole[1])];
  if (range[0] <= whole[0] && range[1] >= whole[1]) return null;
  return range[1] > range[0] ? range : null;
}
