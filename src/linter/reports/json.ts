/** For programs: everything, lines and columns from 1. */
import type { LintRange } from "../../contracts/lint.ts";
import type { FileResult } from "../run.ts";
import type { Report } from "./index.ts";
import { shownPath } from "./paths.ts";

export const json: Report = (results, folder) => `${JSON.stringify(asValue(results, folder), null, 2)}\n`;

export function asValue(results: readonly FileResult[], folder: string): object {
  const sum = (of: (result: FileResult) => number) => results.reduce((total, each) => total + of(each), 0);
  return {
    errors: sum(({ counts }) => counts.errors),
    warnings: sum(({ counts }) => counts.warnings),
    infos: sum(({ counts }) => counts.infos),
    fixed: sum(({ fixed }) => fixed),
    files: results.map((result) => fileValue(result, folder)),
  };
}

function fileValue(result: FileResult, folder: string): object {
  const { path, problems, counts, rows, unreadable, format, confidence, fixed, unused, tokens, troubles } =
    result;
  return {
    path: shownPath(path, folder),
    rows,
    unreadable,
    format: format ?? null,
    confidence,
    tokens: tokens ?? null,
    ...counts,
    fixed,
    problems: problems.map(({ rule, severity, message, range, related, fixable, more }) => ({
      rule,
      severity,
      message,
      ...fromOne(range),
      fixable,
      more,
      related: related.map((each) => ({
        path: shownPath(each.path ?? path, folder),
        ...fromOne(each.range),
        message: each.message,
      })),
    })),
    unusedSuppressions: unused.map(({ rule, row }) => ({ rule, row })),
    troubles: troubles.map(({ code, message, hint }) => ({ code, message, hint })),
  };
}

export function fromOne({ start, end }: LintRange) {
  return {
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}
