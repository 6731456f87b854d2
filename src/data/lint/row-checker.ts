/** The check of single records under what holds for their whole file: each on its own, on whichever thread. */
import type { Format } from "../formats/format.ts";
import type { Context, Rule } from "../rules/rule.ts";
import type { Piece } from "../source/piece.ts";
import type { Digest, Digester } from "./digest.ts";
import type { FormatEvidence, Scores } from "./evidence.ts";
import { checkRecord, type Problem, type RuleSet, ruleSet } from "./problem.ts";
import { activeRules, type LintSettings } from "./settings.ts";
import { View } from "./view.ts";

/** What holds for all records of a file. */
export interface FileContext {
  settings: LintSettings;
  file: Context["file"];
  format: Format | undefined;
}

/** What one record is found to be. */
export interface Checked {
  problems: readonly Problem[];
  digest: Digest | undefined;
}

export class RowChecker {
  readonly ruleSet: RuleSet;
  readonly #context: FileContext;
  readonly #evidence: FormatEvidence;
  readonly #digester: Digester;

  constructor(
    context: FileContext,
    rules: readonly Rule[],
    { evidence, digester }: { evidence: FormatEvidence; digester: Digester },
  ) {
    const { settings, format, file } = context;
    this.#context = context;
    this.#evidence = evidence;
    this.#digester = digester;
    this.ruleSet = ruleSet(activeRules(rules, settings), settings, format, file);
  }

  /** @param scores of the record, where they are known */
  view(piece: Piece, scores?: Scores): View {
    const { file, format } = this.#context;
    const view = new View(piece, file.container, file.header);
    if (view.record) {
      view.scores = scores ?? this.#evidence.scores(view.record);
      view.formatOfFile = format;
      view.format = this.#evidence.formatFor(view.scores, format);
    }
    return view;
  }

  /** @param id by which the record's problems name it */
  check(view: View, { split }: Piece, id: number): Checked {
    return {
      problems: checkRecord(view, this.ruleSet.record, id),
      digest: this.#digester.digest(view, split),
    };
  }
}

/** A record's keys, as one text: most records of a file have the same. */
export function keysOf({ record }: View): string {
  return Object.keys(record ?? {}).join("\0");
}
