/** What linting finds, and the check of one record. */

import type { Format } from "../formats/format.ts";
import type {
  Context,
  FileRule,
  Fix,
  Found,
  Place,
  RecordRule,
  RecordView,
  Rule,
  SetRule,
  Severity,
} from "../rules/rule.ts";
import type { FileFacts } from "../source/container.ts";
import type { ActiveRule, LintSettings } from "./settings.ts";

export interface Problem {
  rule: Rule;
  severity: Severity;
  message: string;
  place: Place;
  /** The record, by id; absent for the file as a whole. */
  id?: number;
  related?: readonly { id: number; message: string }[];
  /** A fix can be asked for. */
  fixable: boolean;
  /** Kept only where it costs little; those of records are asked of the rule anew. */
  fixes?: (() => readonly Fix[]) | undefined;
}

/** The rules of a file, by what they look at. */
export interface RuleSet {
  record: readonly (ActiveRule<RecordRule> & { context: Context })[];
  file: readonly (ActiveRule<FileRule> & { context: Context })[];
  set: readonly (ActiveRule<SetRule> & { context: Context })[];
}

/** Gives every rule what it may know. */
export function ruleSet(
  active: readonly ActiveRule[],
  { target }: LintSettings,
  format: Format | undefined,
  file: Context["file"],
): RuleSet {
  const of = <R extends Rule>(on: R["on"]) =>
    active
      .filter((each): each is ActiveRule<R> => each.rule.on === on)
      .map((each) => ({ ...each, context: { target, format, options: each.options, file } }));
  const record = of<RecordRule>("record");
  // Those that wait for the others' errors come last.
  record.sort((a, b) => Number(a.rule.unlessErrors ?? false) - Number(b.rule.unlessErrors ?? false));
  return { record, file: of<FileRule>("file"), set: of<SetRule>("set") };
}

export function severityOf({ severity, isSettled }: ActiveRule, found: { severity?: Severity }): Severity {
  return isSettled ? severity : (found.severity ?? severity);
}

export function placeIn({ at, on, span, source }: Place): Place {
  return {
    ...(at && { at }),
    ...(on && { on }),
    ...(span && { span }),
    ...(source && { source }),
  };
}

/** All that the rules find in one record. */
export function checkRecord(view: RecordView, rules: RuleSet["record"], id: number): Problem[] {
  const problems: Problem[] = [];
  for (const active of rules) {
    if (view.kind === "gap" && !active.rule.gaps) continue;
    if (active.rule.unlessErrors && problems.some(({ severity }) => severity === "error")) continue;
    const report = (found: Found) => {
      problems.push({
        rule: active.rule,
        severity: severityOf(active, found),
        message: found.message,
        place: placeIn(found),
        id,
        fixable: found.fixes !== undefined,
      });
    };
    active.rule.check(view, active.context, report);
  }
  return problems;
}

/** The fixes of a record's problem: its rule is asked once more. */
export function fixesFor(view: RecordView, problem: Problem, rules: RuleSet["record"]): readonly Fix[] {
  const active = rules.find(({ rule }) => rule === problem.rule);
  const wanted = JSON.stringify([problem.message, problem.place]);
  let fixes: readonly Fix[] = [];
  active?.rule.check(view, active.context, (found) => {
    if (fixes.length === 0 && JSON.stringify([found.message, placeIn(found)]) === wanted) {
      fixes = found.fixes?.() ?? [];
    }
  });
  return fixes;
}

/** All that the rules find in the file as a whole. */
export function checkFile(facts: FileFacts, rules: RuleSet["file"]): Problem[] {
  const problems: Problem[] = [];
  for (const active of rules) {
    active.rule.check(facts, active.context, (found) => {
      problems.push({
        rule: active.rule,
        severity: severityOf(active, found),
        message: found.message,
        place: placeIn(found),
        ...(found.record !== undefined && { id: found.record }),
        fixable: found.fixes !== undefined,
        fixes: found.fixes,
      });
    });
  }
  return problems;
}
