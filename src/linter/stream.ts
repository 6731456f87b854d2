/** Lints a file that is too large to hold. */
import type { LintProblem, LintReport } from "../contracts/lint.ts";
import type { StreamLint } from "../data/lint/stream.ts";
import { rules } from "../data/rules/index.ts";
import { othersOf } from "./others.ts";
import { type Project, type ProjectOptions, projectOf } from "./project.ts";
import { readSuppressions } from "./read.ts";
import { readThrough } from "./read-through.ts";

export interface StreamResult {
  lint: StreamLint;
  project: Project;
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
  const lint = await readThrough(path, project.settings, rules, {
    suppressions: readSuppressions(path),
    others: await othersOf(project),
    signal,
    told: told && ((lint) => told(lint, project)),
  });
  return { lint, project };
}

/** As the editor is told: problems of a file that it does not hold. */
export async function lintLargeFile(
  uri: string,
  path: string,
  { signal, report }: { signal?: AbortSignal; report?: (report: LintReport) => void } = {},
): Promise<LintReport> {
  let next = performance.now() + 300;
  const told = (lint: StreamLint, project: Project) => {
    if (report && performance.now() > next) {
      next = performance.now() + 1000;
      report(reportOf(uri, lint, project, true));
    }
    return true;
  };
  const { lint, project } = await lintStream(path, { signal, told });
  return reportOf(uri, lint, project, false);
}

function reportOf(uri: string, lint: StreamLint, project: Project, isPending: boolean): LintReport {
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
    tokens: undefined,
    format: format?.name,
    confidence,
    columns,
    firstLine: 0,
    target: project.settings.target,
    model: { name: project.model, maxLength: project.maxLength },
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
