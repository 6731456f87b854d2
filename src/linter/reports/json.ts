/** For programs: everything, lines and columns from 1. */
import type { LintRange } from "../../contracts/lint.ts";
import type { FileResult } from "../run.ts";
import type { Report } from "./index.ts";
import { shownPath } from "./paths.ts";

export const json: Report = (results, folder) => `${JSON.stringify(asValue(results, folder), null, 2)}\n`;

export function asValue(results: readonly FileResult[], folder: string): object {
  return results.map(
    ({ path, problems, counts, rows, format, confidence, fixed, unused, tokens, troubles }) => ({
      path: shownPath(path, folder),
      rows,
      format: format ?? null,
      confidence,
      tokens: tokens ?? null,
      ...counts,
      fixed,
      problems: problems.map(({ rule, severity, message, range, related, fixable }) => ({
        rule,
        severity,
        message,
        ...fromOne(range),
        fixable,
        related: related.map((each) => ({ ...fromOne(each.range), message: each.message })),
      })),
      unusedSuppressions: unused.map(({ rule, row }) => ({ rule, row })),
      troubles: troubles.map(({ code, message, hint }) => ({ code, message, hint })),
    }),
  );
}

export function fromOne({ start, end }: LintRange) {
  return {
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}
