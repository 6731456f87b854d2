/**
 * A dataset file with all that belongs to it: its project, what people let be, the model's view of its rows, and what
 * the last run learned of them. The editor keeps one for each open file; the command line makes one and asks it once.
 */
import { LintDocument } from "../data/lint/document.ts";
import { fixAll } from "../data/lint/fixes.ts";
import type { Problem } from "../data/lint/problem.ts";
import { fileKey, rowKey, type Suppression, type Suppressions } from "../data/lint/suppressions.ts";
import { rules } from "../data/rules/index.ts";
import type { OtherFile } from "../data/rules/rule.ts";
import type { Origin } from "../data/source/decode.ts";
import type { TextEdit } from "../data/source/edit.ts";
import type { Project } from "./project.ts";

export class DatasetLint {
  readonly path: string;
  readonly document: LintDocument;
  readonly project: Project;
  readonly suppressions: Suppressions;
  readonly #keys = new WeakMap<object, string>();

  constructor(path: string, text: string, project: Project, suppressions: Suppressions, origin?: Origin) {
    this.path = path;
    this.project = project;
    this.suppressions = suppressions;
    this.document = new LintDocument(path, text, project.settings, rules, origin);
  }

  /** Those of some problems that nobody has let be, by place; and the suppressions that none of them needed. */
  unsuppressed(found: readonly Problem[]): { problems: Problem[]; unused: Suppression[] } {
    const all = this.document.sorted(found);
    if (this.suppressions.isEmpty) return { problems: all, unused: [] };
    const used = new Set<string>();
    const problems = all.filter((problem) => {
      const key = this.keyOf(problem);
      if (!this.suppressions.has(problem.rule.id, key)) return true;
      used.add(`${problem.rule.id} ${key}`);
      return false;
    });
    return { problems, unused: this.suppressions.unused(used) };
  }

  /** By what a problem's row is known when it is let be. */
  keyOf(problem: Problem): string {
    const entry = problem.id === undefined ? undefined : this.document.entry(problem.id);
    if (!entry) return fileKey;
    let key = this.#keys.get(entry);
    if (key === undefined) {
      key = rowKey(this.document.view(entry));
      this.#keys.set(entry, key);
    }
    return key;
  }

  fixAll(
    choice: Parameters<typeof fixAll>[1],
    others: readonly OtherFile[],
  ): { edits: TextEdit[]; fixed: number } {
    const isWanted = (copy: LintDocument, problem: Problem) => {
      if (this.suppressions.isEmpty) return true;
      const entry = problem.id === undefined ? undefined : copy.entry(problem.id);
      return !this.suppressions.has(problem.rule.id, entry ? rowKey(copy.view(entry)) : fileKey);
    };
    return fixAll(this.document, choice, isWanted, others);
  }
}
