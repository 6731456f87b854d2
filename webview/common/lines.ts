/** What a chart shows: lines of points. Pure: what stands at a place, and the rows of a chart as a table. */
import { firstAtLeast, lastAtMost, type Numbers, nearest } from "./sorted.ts";

export interface ChartLine {
  /** Names the line in its chart. */
  id: string;
  label: string;
  /** One of VS Code's variables. */
  color: string;
  /** In pixels. */
  width: number;
  dash?: readonly number[];
  /** Its share of the colour, for what stands behind. */
  share?: number;
  /** An average already, which is drawn as one where points are many. */
  average?: boolean;
  /** Few points, each of them drawn. */
  points?: boolean;
  /** Only drawn: neither in the legend nor in the table. */
  quiet?: boolean;
  /** Ascending. */
  x: Numbers;
  y: Numbers;
}

export interface ChartMark {
  x: number;
  label: string;
}

/** From the first point of all lines to the last; null without any. */
export function extent(lines: readonly ChartLine[]): [number, number] | null {
  const filled = lines.filter(({ x }) => x.length > 0);
  if (filled.length === 0) return null;
  return [Math.min(...filled.map(({ x }) => x[0]!)), Math.max(...filled.map(({ x }) => x[x.length - 1]!))];
}

/** The value at a place: of the nearest point; past a line's end, of none. */
export function valueAt({ x, y, points }: ChartLine, at: number): number | null {
  if (x.length === 0) return null;
  const isWithin = at >= x[0]! && at <= x[x.length - 1]!;
  if (!isWithin && !points) return null;
  return y[nearest(x, at)] ?? null;
}

export interface TableRows {
  rows: { x: number; values: (number | null)[] }[];
  /** How many places there are in the range. */
  of: number;
}

/** Every point of the sparse lines as far as they fit, and evenly chosen ones of the dense lines. */
export function tableRows(
  lines: readonly ChartLine[],
  [min, max]: readonly [number, number],
  limit = 200,
): TableRows {
  const inRange = ({ x }: ChartLine) => {
    const from = firstAtLeast(x, min);
    return Array.from({ length: Math.max(0, lastAtMost(x, max) + 1 - from) }, (_, index) => x[from + index]!);
  };
  const placesOf = (which: (line: ChartLine) => boolean) =>
    [...new Set(lines.filter(which).flatMap(inRange))].sort((a, b) => a - b);
  const sparse = spread(
    placesOf((line) => line.points === true),
    limit >> 1,
  );
  const all = placesOf(() => true);
  const chosen = all.length <= limit ? all : [...new Set([...sparse, ...spread(all, limit - sparse.length)])];
  const rows = chosen
    .sort((a, b) => a - b)
    .map((place) => ({ x: place, values: lines.map((line) => exactValue(line, place)) }));
  return { rows, of: all.length };
}

/** A sparse line's own points only; a dense one's last value so far. */
function exactValue({ x, y, points }: ChartLine, at: number): number | null {
  const index = lastAtMost(x, at);
  const isThere = points ? x[index] === at : index >= 0 && at <= x[x.length - 1]!;
  return isThere ? y[index]! : null;
}

/** At most `count` of them, the first and the last among them. */
function spread(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  const every = (values.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => values[Math.round(index * every)]!);
}
