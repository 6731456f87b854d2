/**
 * What a benchmark is: processes that do the same work, ours first, then the peers', and what is asked of their figures.
 * Every process prints one line of JSON last: its figures, under the same names on each side.
 */

/** What a sitting was started with. */
export interface Setting {
  /** A Hugging Face folder. */
  model: string;
  /** A Python that has what bench/peers imports. */
  python: string;
  /** The folder that holds banking77/. */
  data: string;
  /** Where peers and converted models are kept from one sitting to the next. */
  cache: string;
  threads: number;
  /** So few steps that the figures mean nothing, to see that all works. */
  quick: boolean;
}

export interface Side {
  name: string;
  /** A program and its arguments. */
  command: readonly string[];
  env?: NodeJS.ProcessEnv;
}

export interface Asked {
  figure: string;
  label: string;
  unit: "per second" | "seconds" | "bytes" | "share";
  /** The side that ours is divided by; without one, our figure itself is judged. */
  peer?: string;
  /** Limits of the ratio, or of the figure. Without either the figure is only shown. */
  atLeast?: number;
  atMost?: number;
}

/** The last line of a process. Numbers are figures; the rest says what was measured. */
export type Figures = Record<string, unknown>;

export interface Benchmark {
  name: string;
  /** The work, in a line. */
  title: string;
  needs: readonly ("python" | "data" | "linux")[];
  /** Makes what the sides share, and returns them. */
  sides(setting: Setting): Promise<Side[]>;
  asked: readonly Asked[];
  /** Markdown that goes below the table, from our figures of every round. */
  details?(ours: readonly Figures[]): string;
}

/** `--name value` for every entry. */
export function flags(values: Record<string, string | number>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
