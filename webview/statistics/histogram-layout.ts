/** Where a histogram's bars, ticks and marks lie. Every bin is as wide as the others: the last may reach far. Pure. */
import type { Histogram } from "../../src/contracts/lint.ts";

export interface HistogramLayout {
  bars: { x: number; y: number; width: number; height: number; bin: number }[];
  /** Beginnings of bins, as many as there is room for, and the end of the last. */
  ticks: { x: number; value: number }[];
  /** Undefined where there is nothing to mark. */
  median: number | undefined;
  p95: number | undefined;
  /** Rows of the highest bar. */
  most: number;
}

export interface Box {
  width: number;
  height: number;
}

/** Between bars. */
const gap = 1;
/** Room that a tick's text takes. */
const tickRoom = 46;

export function histogramLayout({ bins, median, p95 }: Histogram, { width, height }: Box): HistogramLayout {
  const most = Math.max(0, ...bins.map(({ rows }) => rows));
  if (most === 0) return { bars: [], ticks: [], median: undefined, p95: undefined, most: 0 };
  const slot = width / bins.length;
  const bars = bins.flatMap(({ rows }, bin) => {
    if (rows === 0) return [];
    // One row among thousands is still seen.
    const high = Math.max(2, (rows / most) * height);
    return [{ x: bin * slot, y: height - high, width: Math.max(1, slot - gap), height: high, bin }];
  });
  const every = Math.max(1, Math.ceil(tickRoom / slot));
  const ticks = bins.flatMap(({ from }, bin) =>
    bin % every === 0 && (bins.length - bin) * slot >= 1.25 * tickRoom
      ? [{ x: bin * slot, value: from }]
      : [],
  );
  ticks.push({ x: width, value: bins.at(-1)!.to });
  const placeOf = (value: number) => {
    const bin = bins.findIndex(({ to }) => value < to);
    if (bin < 0) return width;
    const { from, to } = bins[bin]!;
    // A whole number stands in the middle of what is as large as it.
    return slot * (bin + Math.min(1, Math.max(0, (value - from + 0.5) / (to - from))));
  };
  return { bars, ticks, median: placeOf(median), p95: placeOf(p95), most };
}
