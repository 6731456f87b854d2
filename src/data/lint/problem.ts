/** What linting finds, and the check of one record. */

import type { Format } from "../formats/format.ts";
import type {
  Context,
  FileRule,
  Fix,
  Found,
  HistoryRule,
  Place,
  RecordRule,
  RecordView,
  Rule,
  SetRule,
  Severity,
  TokenRule,
} from "../rules/rule.ts";
import type { FileFacts } from "../source/container.ts";
import type { RowHistory } from "./history.ts";
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

/** A rule that looks at one record, in whatever form. */
type RecordLevelRule<V> = Rule & {
  check(view: V, context: Context, report: (found: Found) => void): void;
};

/** The rules of a file, by what they look at. */
export interface RuleSet {
  record: readonly (ActiveRule<RecordRule> & { context: Context })[];
  file: readonly (ActiveRule<FileRule> & { context: Context })[];
  set: readonly (ActiveRule<SetRule> & { context: Context })[];
  tokens: readonly (ActiveRule<TokenRule> & { context: Context })[];
  history: readonly (ActiveRule<HistoryRule> & { context: Context })[];
}

/** Gives every rule what it may know. */
export function ruleSet(
  active: readonly ActiveRule[],
  { target, heldOut }: LintSettings,
  format: Format | undefined,
  file: Context["file"],
): RuleSet {
  const of = <R extends Rule>(on: R["on"]) =>
    active
      .filter((each): each is ActiveRule<R> => each.rule.on === on)
      .map((each) => ({ ...each, context: { target, format, options: each.options, heldOut, file } }));
  const record = of<RecordRule>("record");
  // Those that wait for the others' errors come last.
  record.sort((a, b) => Number(a.rule.unlessErrors ?? false) - Number(b.rule.unlessErrors ?? false));
  return {
    record,
    file: of<FileRule>("file"),
    set: of<SetRule>("set"),
    tokens: of<TokenRule>("tokens"),
    history: of<HistoryRule>("history"),
  };
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
    active.rule.check(view, active.context, (found) => problems.push(problemIn(id, active, found)));
  }
  return problems;
}

/** All that the rules find in what the last run learned of a record. */
export function checkHistory(
  view: RecordView,
  history: RowHistory,
  rules: RuleSet["history"],
  id: number,
): Problem[] {
  const problems: Problem[] = [];
  const answer = view.parts.texts.findLast(({ side, rejected }) => side === "assistant" && !rejected);
  for (const active of rules) {
    active.rule.check({ record: view, history }, active.context, (found) =>
      problems.push(problemIn(id, active, { ...(answer && { at: answer.at }), ...found })),
    );
  }
  return problems;
}

/** What a rule has found in a record; its fixes are not kept. */
export function problemIn(id: number, active: ActiveRule, found: Found): Problem {
  return {
    rule: active.rule,
    severity: severityOf(active, found),
    message: found.message,
    place: placeIn(found),
    id,
    fixable: found.fixes !== undefined,
  };
}

/** The fixes of a record's problem: its rule is asked once more. */
export function fixesFor<V>(
  view: V,
  problem: Problem,
  rules: readonly { rule: RecordLevelRule<V>; context: Context }[],
): readonly Fix[] {
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
