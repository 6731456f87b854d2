/** Rows that wait to be seen with the model's eyes: few, since what a tokenizer makes of a row is many times its text. */
import { learned } from "../formats/format.ts";
import type { Placed } from "./placed.ts";
import type { Problem, RuleSet } from "./problem.ts";
import type { TokenLinter, TokenRow } from "./token-check.ts";
import type { View } from "./view.ts";

const mostRows = 128;
const mostCharacters = 1024 * 1024;
/** One batch is rendered while the tokenizer works on another. */
const batchSize = 32;

interface Waiting {
  placed: Placed;
  view: View;
}

export class StreamTokens {
  readonly #linter: TokenLinter;
  #waiting: (Waiting & { row: TokenRow })[] = [];
  #characters = 0;
  #total = 0;

  constructor(linter: TokenLinter) {
    this.#linter = linter;
  }

  /** Tokens of all rows that were looked at. */
  get total(): number {
    return this.#total;
  }

  get isFull(): boolean {
    return this.#waiting.length >= mostRows || this.#characters >= mostCharacters;
  }

  add(placed: Placed, view: View): void {
    const row = learned(view.row);
    if (!row) return;
    this.#waiting.push({ placed, view, row: { id: this.#waiting.length, view, row } });
    this.#characters += view.source.length;
  }

  /** Looks at those that wait. */
  async check(
    rules: RuleSet["tokens"],
    found: (problem: Problem, placed: Placed, view: View) => void,
  ): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#characters = 0;
    const rows = waiting.map(({ row }) => row);
    for await (const batch of this.#linter.check(rows, rules, batchSize)) {
      for (const { id, problems, figures } of batch) {
        const { placed, view } = waiting[id]!;
        this.#total += figures.tokens;
        for (const problem of problems) found(problem, placed, view);
      }
    }
  }
}
