/** How a file is linted: which rules, how severe, with which thresholds. */
import type { ColumnMapping } from "../formats/columns.ts";
import type { HeldOut, Part, Rule, Severity, Target } from "../rules/rule.ts";

export type RuleSeverity = Severity | "off";
/** As `tunesmith.lint.json` has it, by rule or pattern (`tool-*`); later ones win. */
export type RuleSettings = Readonly<
  Record<string, RuleSeverity | readonly [RuleSeverity, Readonly<Record<string, number>>]>
>;

export interface LintSettings {
  target: Target;
  rules: RuleSettings;
  /** A format's name, where it is settled. */
  format?: string | undefined;
  columns?: ColumnMapping | undefined;
  /** What the file is for, where that is known. */
  part?: Part | undefined;
  /** What the recipe that trains on the file holds out of it. */
  heldOut?: HeldOut | undefined;
}

export const defaultSettings: LintSettings = { target: "tunesmith", rules: {} };

export interface ActiveRule<R extends Rule = Rule> {
  rule: R;
  severity: Severity;
  /** The severity was set by a person: what a rule says of a single problem does not count. */
  isSettled: boolean;
  options: Readonly<Record<string, number>>;
}

/** The rules that are on, with everything settled. */
export function activeRules(rules: readonly Rule[], { target, rules: set }: LintSettings): ActiveRule[] {
  const patterns = Object.entries(set).map(([pattern, value]) => ({ matches: matcher(pattern), value }));
  return rules.flatMap((rule) => {
    let severity = rule.targets?.[target] ?? rule.severity;
    let isSettled = false;
    const options = Object.fromEntries(
      Object.entries(rule.options ?? {}).map(([name, option]) => [name, option.default]),
    );
    for (const { matches, value } of patterns) {
      if (!matches(rule.id)) continue;
      const [given, thresholds] = typeof value === "string" ? [value] : value;
      severity = given;
      isSettled = true;
      for (const [name, threshold] of Object.entries(thresholds ?? {})) {
        if (Object.hasOwn(options, name)) options[name] = threshold;
      }
    }
    return severity === "off" ? [] : [{ rule, severity, isSettled, options }];
  });
}

/** `*` stands for anything. */
export function matcher(pattern: string): (id: string) => boolean {
  if (!pattern.includes("*")) return (id) => id === pattern;
  const escaped = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${escaped.join(".*")}$`);
  return (id) => expression.test(id);
}
