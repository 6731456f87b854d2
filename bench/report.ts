/** A sitting's figures as Markdown: medians over the rounds, with the lowest and the highest. */
import type { Asked, Benchmark, Figures } from "./benchmark.ts";

/** What one round measured, by side; a side that failed has none. */
export type Round = Record<string, Figures>;

export interface Judged extends Asked {
  benchmark: string;
  ours: Spread;
  theirs: Spread | null;
  /** Ours over theirs, round by round. */
  ratio: Spread | null;
  /** Null where nothing is asked. */
  met: boolean | null;
}

export type Spread = [median: number, least: number, most: number];

/** @returns null for what was not measured in any round */
export function judge({ name, asked }: Benchmark, ours: string, rounds: readonly Round[]): Judged[] {
  return asked.flatMap((each): Judged[] => {
    const { figure, peer, atLeast, atMost } = each;
    const measured = rounds.filter((round) => round[ours] && (peer === undefined || round[peer]));
    if (measured.length === 0) return [];
    const of = (side: string) => measured.map((round) => round[side]![figure] as number);
    const own = of(ours);
    const others = peer === undefined ? null : of(peer);
    const ratio = others && spread(own.map((value, round) => value / others[round]!));
    const [judged] = ratio ?? spread(own);
    const met =
      atLeast === undefined && atMost === undefined
        ? null
        : judged >= (atLeast ?? Number.NEGATIVE_INFINITY) && judged <= (atMost ?? Number.POSITIVE_INFINITY);
    return [{ ...each, benchmark: name, ours: spread(own), theirs: others && spread(others), ratio, met }];
  });
}

export function judgedTable(judged: readonly Judged[]): string {
  return table(
    ["benchmark", "figure", "Tunesmith", "peer", "", "ratio", "asked", ""],
    judged.map(({ benchmark, label, unit, ours, peer, theirs, ratio, atLeast, atMost, met }) => {
      const limit = (value: number) => (ratio ? `${value} ×` : show(value, unit));
      return [
        benchmark,
        label,
        showSpread(ours, (value) => show(value, unit)),
        peer ?? "–",
        theirs ? showSpread(theirs, (value) => show(value, unit)) : "–",
        ratio ? showSpread(ratio, (value) => value.toFixed(2)) : "–",
        atLeast !== undefined ? `≥ ${limit(atLeast)}` : atMost !== undefined ? `≤ ${limit(atMost)}` : "–",
        met === null ? "" : met ? "met" : "**missed**",
      ];
    }),
  );
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return [median, sorted[0]!, sorted.at(-1)!];
}

function showSpread([median, least, most]: Spread, format: (value: number) => string): string {
  return least === most ? format(median) : `${format(median)} (${format(least)} – ${format(most)})`;
}

export function show(value: number, unit: Asked["unit"]): string {
  switch (unit) {
    case "per second":
      return value.toFixed(value < 10 ? 2 : 1);
    case "seconds":
      return value < 1 ? `${Math.round(1000 * value)} ms` : `${value.toFixed(2)} s`;
    case "bytes":
      return `${Math.round(value / 1e6)} MB`;
    case "share":
      return `${(100 * value).toFixed(1)} %`;
  }
}
