/** Records that another thread checks, and what it has found in them. */
import type { Rule } from "../rules/rule.ts";
import type { Piece } from "../source/piece.ts";
import { Digester } from "./digest.ts";
import { FormatEvidence, type Scores } from "./evidence.ts";
import { type PackedDigests, packDigests, unpackDigest } from "./packed-digests.ts";
import type { Problem } from "./problem.ts";
import { type Checked, type FileContext, keysOf, RowChecker } from "./row-checker.ts";

/** What holds for the file, in what can be sent: its format by name. */
export type SentContext = Omit<FileContext, "format"> & { format: string | undefined };

export interface RowBatch {
  context: SentContext;
  pieces: readonly Piece[];
}

/** A problem with its rule by name. */
type SentProblem = Omit<Problem, "rule" | "fixes"> & { rule: string };

export interface RowFindings {
  /** Different ones, and for every row which of them it has: -1 for none. */
  scores: Scores[];
  scoresOf: Int32Array;
  keys: string[];
  keysOf: Int32Array;
  digests: PackedDigests;
  /** `id` is the row's place in the batch. */
  problems: SentProblem[];
}

/** Checks batches of the same file one after another. */
export class BatchChecker {
  readonly #rules: readonly Rule[];
  readonly #digester = new Digester();
  #last: { key: string; checker: RowChecker } | undefined;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  check({ context, pieces }: RowBatch): RowFindings {
    const checker = this.#checkerFor(context);
    const scores = new Numbered<Scores>();
    const keys = new Numbered<string>();
    const digests: Checked["digest"][] = [];
    const problems: SentProblem[] = [];
    const found: Pick<RowFindings, "scoresOf" | "keysOf"> = {
      scoresOf: new Int32Array(pieces.length).fill(-1),
      keysOf: new Int32Array(pieces.length).fill(-1),
    };
    for (const [row, piece] of pieces.entries()) {
      const view = checker.view(piece);
      const checked = checker.check(view, piece, row);
      if (view.scores) {
        found.scoresOf[row] = scores.of(view.scores);
        found.keysOf[row] = keys.of(keysOf(view));
      }
      digests.push(checked.digest);
      for (const { rule, fixes: _, ...problem } of checked.problems)
        problems.push({ ...problem, rule: rule.id });
    }
    return { ...found, scores: scores.values, keys: keys.values, digests: packDigests(digests), problems };
  }

  #checkerFor(context: SentContext): RowChecker {
    const key = JSON.stringify(context);
    if (this.#last?.key !== key) {
      const { settings, file } = context;
      const evidence = new FormatEvidence(settings.format, settings.columns);
      const format = evidence.candidates.find(({ name }) => name === context.format);
      const checker = new RowChecker({ settings, file, format }, this.#rules, {
        evidence,
        digester: this.#digester,
      });
      this.#last = { key, checker };
    }
    return this.#last.checker;
  }
}

/** What was found in each record of a batch, in order. @param ids of the records, by which their problems name them */
export function* checkedRows(
  { scores, scoresOf, keys, keysOf, digests, problems }: RowFindings,
  ids: readonly number[],
  ruleNamed: (id: string) => Rule,
): Generator<Checked & { scores: Scores | undefined; keys: string }> {
  let next = 0;
  for (const [row, id] of ids.entries()) {
    const own: Problem[] = [];
    for (; problems[next]?.id === row; next++) {
      const problem = problems[next]!;
      own.push({ ...problem, id, rule: ruleNamed(problem.rule) });
    }
    yield {
      scores: scores[scoresOf[row]!],
      keys: keys[keysOf[row]!] ?? "",
      problems: own,
      digest: unpackDigest(digests, row),
    };
  }
}

/** Numbers for values, in the order in which they come. */
class Numbered<T> {
  readonly values: T[] = [];
  readonly #numbers = new Map<T, number>();

  of(value: T): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.values.push(value) - 1;
      this.#numbers.set(value, number);
    }
    return number;
  }
}
