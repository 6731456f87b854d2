/** What is told of a problem: where it stands, and what can be done, without the objects it came from. */
import type { LintCounts, LintProblem } from "../contracts/lint.ts";
import type { LintDocument } from "../data/lint/document.ts";
import type { Problem } from "../data/lint/problem.ts";

/** VS Code shows a thousand of a file and owner, and then only says that there are more. */
export const shownInEditor = 900;

export function findingOf(document: LintDocument, problem: Problem): LintProblem {
  return {
    rule: problem.rule.id,
    level: problem.rule.level,
    severity: problem.severity,
    message: problem.message,
    range: document.rangeOf(problem),
    related: (problem.related ?? []).map(({ id, message }) => ({
      range: document.rangeOf({ ...problem, id, place: {} }),
      message,
    })),
    fixable: problem.fixable,
    more: 0,
  };
}

export function countsOf(problems: readonly Pick<Problem, "severity">[]): LintCounts {
  const counts = { errors: 0, warnings: 0, infos: 0 };
  for (const { severity } of problems) {
    counts[severity === "error" ? "errors" : severity === "warning" ? "warnings" : "infos"]++;
  }
  return counts;
}

const order = { error: 0, warning: 1, info: 2 } as const;

/**
 * The problems to list, by place, where not all can be: of every rule some, of errors more; the last of a rule says
 * how many more there are. So no rule's problems are hidden by those of another.
 */
export function withinLimit<P extends Pick<Problem, "rule" | "severity">>(
  problems: readonly P[],
  limit: number,
): { problem: P; more: number }[] {
  if (problems.length <= limit) return problems.map((problem) => ({ problem, more: 0 }));
  const byRule = new Map<string, P[]>();
  for (const problem of problems) {
    const key = `${order[problem.severity]} ${problem.rule.id}`;
    const list = byRule.get(key);
    if (list) list.push(problem);
    else byRule.set(key, [problem]);
  }
  // Rules with few problems leave what they do not need to the others, errors being served last and so best.
  const kinds = [...byRule].sort(([a], [b]) => b[0]!.localeCompare(a[0]!));
  let room = limit;
  const kept = new Map<P, number>();
  for (const [i, [, list]] of kinds.sort(([, a], [, b]) => a.length - b.length).entries()) {
    const share = Math.max(1, Math.floor(room / (kinds.length - i)));
    const shown = list.slice(0, share);
    for (const [j, problem] of shown.entries()) {
      kept.set(problem, j === shown.length - 1 ? list.length - shown.length : 0);
    }
    room -= shown.length;
  }
  return problems.flatMap((problem) => {
    const more = kept.get(problem);
    return more === undefined ? [] : [{ problem, more }];
  });
}
