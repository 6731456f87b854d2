/** For people: a block for each file, as ESLint's "stylish" has it. */
import { styleText } from "node:util";
import type { LintProblem } from "../../contracts/lint.ts";
import { fileKey } from "../../data/lint/suppressions.ts";
import type { FileResult } from "../run.ts";
import type { Report } from "./index.ts";
import { shownPath } from "./paths.ts";

const colour = { error: "red", warning: "yellow", info: "blue" } as const;

export const pretty: Report = (results, folder, colours) => {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const blocks = results
    .filter(({ problems, unused, troubles }) => problems.length + unused.length + troubles.length > 0)
    .map((result) => {
      const places = result.problems.map(
        ({ range }) => `${range.start.line + 1}:${range.start.character + 1}`,
      );
      const width = Math.max(0, ...places.map((place) => place.length));
      const lines = result.problems.map(
        ({ severity, message, rule, more }: LintProblem, i) =>
          `  ${paint("dim", places[i]!.padStart(width))}  ${paint(colour[severity], severity.padEnd(7))}  ${message}${andMore(more)}  ${paint("dim", rule)}`,
      );
      const notes = [
        ...result.troubles.map((trouble) => `  ${paint("red", "!")} ${trouble.message}`),
        ...result.unused.map((suppression) => `  ${paint("yellow", "!")} ${unneeded(suppression)}`),
      ];
      return `${[paint("underline", shownPath(result.path, folder)), ...lines, ...notes].join("\n")}\n`;
    });
  return [...blocks, `${summary(results)}\n`].join("\n");
};

/** Behind a problem that stands for others of its rule, too. */
export function andMore(more: number): string {
  return more > 0 ? ` (and ${more.toLocaleString("en")} more)` : "";
}

export function unneeded({ rule, row }: FileResult["unused"][number]): string {
  return row === fileKey
    ? `nothing needs the suppression of ${rule} for the file any more`
    : `nothing needs the suppression of ${rule} for row ${row} any more`;
}

/** `3 errors, 1 warning, 2 notes in 5 files, 412 rows, of which 1 cannot be read; 4 fixed`. */
export function summary(results: readonly FileResult[]): string {
  const sum = (of: (result: FileResult) => number) => results.reduce((total, each) => total + of(each), 0);
  const found = [
    many(
      sum(({ counts }) => counts.errors),
      "error",
    ),
    many(
      sum(({ counts }) => counts.warnings),
      "warning",
    ),
    many(
      sum(({ counts }) => counts.infos),
      "note",
    ),
  ].filter((text) => text !== undefined);
  const all = many(
    sum(({ rows }) => rows),
    "row",
  );
  const unreadable = sum((result) => result.unreadable);
  const broken = unreadable > 0 ? `, of which ${unreadable.toLocaleString("en")} cannot be read` : "";
  const rows = `${many(results.length, "file") ?? "no files"}, ${all ?? "no rows"}${broken}`;
  const fixed = sum((result) => result.fixed);
  return `${found.length === 0 ? "No problems" : found.join(", ")} in ${rows}${fixed > 0 ? `; ${fixed} fixed` : ""}`;
}

function many(count: number, noun: string): string | undefined {
  return count === 0 ? undefined : `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
