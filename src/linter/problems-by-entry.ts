/** Problems that a pass has found in records, without a look at all those that have none. */
import type { Entry, LintDocument } from "../data/lint/document.ts";
import type { Problem } from "../data/lint/problem.ts";

export class ProblemsByEntry {
  readonly #problems = new Map<number, { entry: Entry; problems: readonly Problem[] }>();

  set(entry: Entry, problems: readonly Problem[]): void {
    if (problems.length > 0) this.#problems.set(entry.id, { entry, problems });
  }

  /** Of records that are still there as they were. */
  of(document: LintDocument): Problem[] {
    const found: Problem[] = [];
    for (const [id, { entry, problems }] of this.#problems) {
      if (document.entry(id) === entry) found.push(...problems);
      else this.#problems.delete(id);
    }
    return found;
  }
}
