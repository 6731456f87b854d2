/** Lints a file that is too large to hold. */
import type { LintProblem, LintReport } from "../contracts/lint.ts";
import type { StreamLint } from "../data/lint/stream.ts";
import { rules } from "../data/rules/index.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { tokenLinterOf } from "./model.ts";
import { othersOf } from "./others.ts";
import { type Project, type ProjectOptions, projectOf } from "./project.ts";
import { readSuppressions } from "./read.ts";
import { readThrough } from "./read-through.ts";

export interface StreamResult {
  lint: StreamLint;
  project: Project;
  /** Why rows were not seen with the eyes of the model that somebody has named. */
  trouble: TunesmithError | undefined;
}

export interface StreamLintOptions extends ProjectOptions {
  signal?: AbortSignal | undefined;
  /** After every part, so that somebody can show what is there; what answers false need not be read on. */
  told?: (lint: StreamLint, project: Project) => boolean;
}

/** @throws `file-not-found`, `file-unreadable`, `lint-config-invalid`; what the signal was aborted with */
export async function lintStream(
  path: string,
  { signal, told, ...options }: StreamLintOptions = {},
): Promise<StreamResult> {
  const project = projectOf(path, options);
  const tokens = project.isModelChosen ? await tokenLinterOf(project) : undefined;
  const trouble = tokens instanceof TunesmithError ? tokens : undefined;
  const lint = await readThrough(path, project.settings, rules, {
    suppressions: readSuppressions(path),
    others: await othersOf(project),
    tokens: tokens instanceof TunesmithError ? undefined : tokens,
    signal,
    told: told && ((lint) => told(lint, project)),
  });
  return { lint, project, trouble };
}

/**
 * As the editor is told: problems of a file that it does not hold. Tokens are counted only where somebody has named a
 * model for it: of so many rows that takes minutes.
 */
export async function lintLargeFile(
  uri: string,
  path: string,
  { report, ...options }: Omit<StreamLintOptions, "told"> & { report?: (report: LintReport) => void } = {},
): Promise<LintReport> {
  let next = performance.now() + 300;
  const told = (lint: StreamLint, project: Project) => {
    if (report && performance.now() > next) {
      next = performance.now() + 1000;
      report(reportOf(uri, { lint, project, trouble: undefined }, true));
    }
    return true;
  };
  return reportOf(uri, await lintStream(path, { ...options, told }), false);
}

function reportOf(uri: string, { lint, project, trouble }: StreamResult, isPending: boolean): LintReport {
  const { error, warning, info } = lint.counts();
  const { records, unreadable, format, confidence, columns } = lint.facts;
  return {
    uri,
    version: 0,
    isDataset: true,
    ...(isPending && { pending: "rows" }),
    problems: streamProblems(lint),
    counts: { errors: error, warnings: warning, infos: info },
    rows: records + unreadable,
    tokens: isPending ? undefined : lint.tokens,
    format: format?.name,
    confidence,
    columns,
    firstLine: 0,
    target: project.settings.target,
    model: {
      name: project.model,
      maxLength: project.maxLength,
      ...(trouble && { trouble: trouble.message }),
    },
    troubles: project.troubles.map(({ message }) => message),
  };
}

/** Those that are kept; the last of each rule stands for those that are not. */
export function streamProblems(lint: StreamLint): LintProblem[] {
  return lint.problems().flatMap(({ kept, more }) =>
    kept.map(({ rule, severity, message, range, related }, i) => ({
      rule: rule.id,
      level: rule.level,
      severity,
      message,
      range,
      related,
      fixable: false,
      more: i === kept.length - 1 ? more : 0,
    })),
  );
}
