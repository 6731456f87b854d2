/** Problems of a file that nobody holds: of every rule the first with their places, and the number of the others. */
import type { Rule } from "../rules/rule.ts";
import type { Range } from "./document.ts";
import type { Problem } from "./problem.ts";
import { withoutFile } from "./stream-rows.ts";
import type { Suppression, Suppressions } from "./suppressions.ts";

/** Of every rule so many problems are kept with their places. */
const keptPerRule = 100;

export interface StreamProblem extends Pick<Problem, "rule" | "severity" | "message"> {
  range: Range;
  related: { range: Range; message: string }[];
}

type Counts = Record<Problem["severity"], number>;

export class KeptProblems {
  readonly #suppressions: Suppressions;
  readonly #used = new Set<string>();
  readonly #kept = new Map<Rule, StreamProblem[]>();
  readonly #counts = new Map<Rule, Counts>();

  constructor(suppressions: Suppressions) {
    this.#suppressions = suppressions;
  }

  /**
   * @param key of the row, as suppressions know it; asked only where there are any
   * @param place asked only for what is kept
   */
  add(
    { rule, severity, message }: Pick<Problem, "rule" | "severity" | "message">,
    key: () => string,
    place: () => Pick<StreamProblem, "range" | "related">,
  ): void {
    if (!this.#suppressions.isEmpty && this.#suppressions.has(rule.id, key())) {
      this.#used.add(`${rule.id} ${key()}`);
      return;
    }
    const counts = this.#counts.get(rule) ?? { error: 0, warning: 0, info: 0 };
    counts[severity]++;
    this.#counts.set(rule, counts);
    const kept = this.#kept.get(rule) ?? [];
    if (kept.length < keptPerRule) kept.push({ rule, severity, message: withoutFile(message), ...place() });
    this.#kept.set(rule, kept);
  }

  /** By rule, and how many more of it there are. */
  all(): { kept: StreamProblem[]; more: number }[] {
    return [...this.#kept].map(([rule, kept]) => {
      const { error, warning, info } = this.#counts.get(rule)!;
      return { kept, more: error + warning + info - kept.length };
    });
  }

  counts(): Counts {
    const sum = { error: 0, warning: 0, info: 0 };
    for (const counts of this.#counts.values()) {
      for (const severity of ["error", "warning", "info"] as const) sum[severity] += counts[severity];
    }
    return sum;
  }

  /** Suppressions that nothing has needed. */
  unused(): Suppression[] {
    return this.#suppressions.unused(this.#used);
  }
}
