/** The model's view of a file's rows: counted behind everything else, batch by batch, each record once. */

import { learned } from "../data/formats/format.ts";
import type { Entry } from "../data/lint/document.ts";
import { previewMarkdown, previewRow } from "../data/lint/preview.ts";
import type { Problem } from "../data/lint/problem.ts";
import { type TokenFigures, TokenLinter, type TokenRow } from "../data/lint/token-check.ts";
import type { Fix } from "../data/rules/rule.ts";
import type { TunesmithError } from "../protocol/errors.ts";
import type { DatasetLint } from "./dataset-lint.ts";
import { tokenLinterOf } from "./model.ts";
import { ProblemsByEntry } from "./problems-by-entry.ts";
import { Turn } from "./turns.ts";

/** Rows between two moments in which somebody who types is heard: few milliseconds. */
const batchSize = 16;
/** Between two reports on the way. */
const toldEveryMs = 1000;

export class TokenPass {
  readonly #lint: DatasetLint;
  /** By the entry itself: one that was edited is another. */
  readonly #counted = new WeakMap<Entry, TokenFigures>();
  /** Of the few rows that have any. */
  readonly #problems = new ProblemsByEntry();
  #total = 0;
  #linter: Promise<TokenLinter | undefined> | undefined;
  #trouble: TunesmithError | undefined;
  #running: { isStopped: boolean } | undefined;
  #isDone = false;

  constructor(lint: DatasetLint) {
    this.#lint = lint;
  }

  get model(): { name: string; maxLength: number; trouble?: string } {
    const { model, maxLength } = this.#lint.project;
    return { name: model, maxLength, ...(this.#trouble && { trouble: this.#trouble.message }) };
  }

  /** Why rows cannot be seen with the model's eyes. */
  get trouble(): TunesmithError | undefined {
    return this.#trouble;
  }

  /** Whether everything that can be counted is. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Tokens of all rows; undefined until all are counted. */
  get total(): number | undefined {
    if (!this.#isDone || this.#trouble) return undefined;
    return this.#total;
  }

  figuresOf(entry: Entry): TokenFigures | undefined {
    return this.#counted.get(entry);
  }

  problems(): Problem[] {
    return this.#problems.of(this.#lint.document);
  }

  /** Something was edited: what it touched is to be counted again, once nobody types. */
  edited(): void {
    this.#isDone = false;
    this.stop();
  }

  stop(): void {
    if (this.#running) this.#running.isStopped = true;
    this.#running = undefined;
  }

  /** Counts what has not been counted; `told` now and then, and at the end. A pass that goes on is given up. */
  async run(told: () => void): Promise<void> {
    this.stop();
    const running = { isStopped: false };
    this.#running = running;
    const linter = await this.linter();
    if (running.isStopped) return;
    if (linter) await this.#count(linter, running, told);
    if (running.isStopped) return;
    let total = 0;
    const turn = new Turn();
    for (const entry of [...this.#lint.document.entries]) {
      if (turn.isOver) {
        await turn.next();
        if (running.isStopped) return;
      }
      total += this.figuresOf(entry)?.tokens ?? 0;
    }
    this.#total = total;
    this.#isDone = true;
    this.#running = undefined;
    told();
  }

  /** The linter of the chosen model; undefined where the model cannot be read, which `trouble` says. */
  linter(): Promise<TokenLinter | undefined> {
    this.#linter ??= tokenLinterOf(this.#lint.project).then((made) => {
      if (made instanceof TokenLinter) return made;
      this.#trouble = made;
      return undefined;
    });
    return this.#linter;
  }

  rowOf(entry: Entry): TokenRow | undefined {
    if (entry.piece.kind !== "record") return undefined;
    const view = this.#lint.document.view(entry);
    const row = learned(view.row);
    return row && { id: entry.id, view, row };
  }

  /** A row as the model sees it, in a few lines of Markdown. */
  async hover(entry: Entry): Promise<string | undefined> {
    const row = this.rowOf(entry);
    const linter = row && (await this.linter());
    if (!linter) return undefined;
    const [view] = await linter.views([row]);
    return previewMarkdown(previewRow(view!));
  }

  async fixesOf(problem: Problem): Promise<readonly Fix[]> {
    const entry = problem.id === undefined ? undefined : this.#lint.document.entry(problem.id);
    const row = entry && this.rowOf(entry);
    const linter = await this.linter();
    return row && linter ? linter.fixesOf(row, problem, this.#lint.document.ruleSet.tokens) : [];
  }

  async #count(linter: TokenLinter, running: { isStopped: boolean }, told: () => void): Promise<void> {
    const { tokens } = this.#lint.document.ruleSet;
    const uncounted: Entry[] = [];
    const turn = new Turn();
    for (const entry of [...this.#lint.document.entries]) {
      if (turn.isOver) {
        await turn.next();
        if (running.isStopped) return;
      }
      if (!this.#counted.has(entry)) uncounted.push(entry);
    }
    let last = performance.now();
    const byId = new Map<number, Entry>();
    for await (const batch of linter.check(this.#rowsOf(uncounted, byId), tokens, batchSize)) {
      for (const { id, figures, problems } of batch) {
        const entry = byId.get(id)!;
        byId.delete(id);
        this.#counted.set(entry, figures);
        this.#problems.set(entry, problems);
      }
      await turn.next();
      if (running.isStopped) return;
      if (performance.now() - last > toldEveryMs) {
        told();
        last = performance.now();
      }
    }
  }

  *#rowsOf(entries: readonly Entry[], byId: Map<number, Entry>): Generator<TokenRow> {
    for (const entry of entries) {
      const row = this.rowOf(entry);
      if (!row) continue;
      byId.set(entry.id, entry);
      yield row;
    }
  }
}
