/** The summary of a comparison as plain text: for a terminal (80 columns for four ways) and as Markdown. */
import type { Comparison, MetricSummary, WaySummary } from "./comparison.ts";
import { count, duration, percent, scoreText } from "./figures.ts";

/** One figure of every way, in the order of `comparison.ways`. */
export interface SummaryFigure {
  title: string;
  /** What the figure is, in a sentence. */
  help: string;
  values: string[];
  /** 95 % intervals, where the figure has them. */
  intervals?: string[];
}

/** All figures of the summary, the deciding metric first. Figures that no way has are left out. */
export function summaryFigures({ summaries }: Comparison): SummaryFigure[] {
  const metrics = (summaries[0]?.metrics ?? []).map(({ title, binary }, m): SummaryFigure => {
    const ofWays = summaries.map(({ metrics }) => metrics[m]!);
    return {
      title,
      help: binary
        ? "Share of rows that are right; below, its 95% interval."
        : "On a scale of 100; below, its 95% interval.",
      values: ofWays.map((metric) => scoreText(metric.score, binary)),
      intervals: ofWays.map(intervalText),
    };
  });
  const others: [string, string, (summary: WaySummary) => string | undefined][] = [
    [
      "Loss per token",
      "Nats per token of the reference, the end token included.",
      ({ loss }) => loss?.perToken.toFixed(3),
    ],
    [
      "Loss per byte",
      "Nats per byte of the reference: comparable between tokenizers.",
      ({ loss }) => loss?.perByte.toFixed(3),
    ],
    [
      "Ended by itself",
      "Share of answers the model ended; the others were cut off at the token limit.",
      ({ endedShare }) => percent(endedShare),
    ],
    [
      "Empty answers",
      "Share of answers without any text.",
      ({ emptyShare }) => (emptyShare > 0 ? percent(emptyShare) : undefined),
    ],
    [
      "Agrees with itself",
      "How far two sampled answers to one prompt agree.",
      ({ consistency }) => consistency && percent(consistency.agreement),
    ],
    ["Prompt tokens", "Mean per answer.", ({ promptTokens }) => count(promptTokens)],
    ["Output tokens", "Mean per answer.", ({ outputTokens }) => outputTokens.toFixed(1)],
    [
      "Time per answer",
      "Mean, from sending the prompt to the end of the answer.",
      ({ seconds }) => duration(seconds),
    ],
  ];
  return [
    ...metrics,
    ...others
      .map(([title, help, value]) => ({ title, help, values: summaries.map(value) }))
      .filter(({ values }) => values.some((value) => value !== undefined))
      .map((figure) => ({ ...figure, values: figure.values.map((value) => value ?? "–") })),
  ];
}

/** "79.3–91.0", on the scale of 100. */
export function intervalText({ interval }: Pick<MetricSummary, "interval">): string {
  return `${(100 * interval.low).toFixed(1)}–${(100 * interval.high).toFixed(1)}`;
}

/**
 * The verdict, the figures (a line each, a column for every way) and what the choice costs.
 * `box`: rules between header and figures, in Unicode box characters. `width`: where sentences are wrapped.
 */
export function terminalSummary(
  comparison: Comparison,
  options: { box?: boolean; width?: number } = {},
): string {
  const width = options.width ?? 80;
  const { verdict } = comparison;
  return [
    wrap(`${verdict.headline}. ${verdict.reason}`, width),
    terminalTable(comparison, options.box ?? false),
    wrap(verdict.costLine, width),
  ].join("\n\n");
}

function terminalTable(comparison: Comparison, box: boolean): string {
  const lines = [["", ...comparison.ways.map(({ title }) => title)]];
  for (const { title, values, intervals } of summaryFigures(comparison)) {
    lines.push([title, ...values]);
    if (intervals) lines.push(["  95% interval", ...intervals]);
  }
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const text = lines.map((line) => {
    const cells = line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
    return box ? `│ ${cells.join(" │ ")} │` : cells.join("  ").trimEnd();
  });
  if (!box) return text.join("\n");
  const rule = (left: string, cross: string, right: string) =>
    left + widths.map((columnWidth) => "─".repeat(columnWidth + 2)).join(cross) + right;
  const [header, ...body] = text;
  return [rule("┌", "┬", "┐"), header, rule("├", "┼", "┤"), ...body, rule("└", "┴", "┘")].join("\n");
}

/** The verdict and the figures (a row for every way) in GitHub's Markdown. */
export function markdownSummary(comparison: Comparison): string {
  const { verdict } = comparison;
  const figures = summaryFigures(comparison);
  const line = (cells: string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  const table = [
    line(["", ...figures.map(({ title }) => title)]),
    `| --- |${" ---: |".repeat(figures.length)}`,
    ...comparison.ways.map(({ title }, w) =>
      line([
        title,
        ...figures.map(({ values, intervals }) =>
          intervals ? `${values[w]} (${intervals[w]})` : values[w]!,
        ),
      ]),
    ),
  ];
  const sentences = [
    `**${verdict.headline}.** ${escapeMarkdown(verdict.reason)}`,
    escapeMarkdown(verdict.costLine),
  ];
  return `${sentences[0]}\n\n${table.join("\n")}\n\n${sentences[1]}\n`;
}

/** Text that stands as it is in a paragraph or a table's cell, whatever is in it, on one line. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>|]/g, "\\$&").replace(/\s+/g, " ");
}

function wrap(text: string, width: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1)!;
    if (last !== "" && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.join("\n");
}
