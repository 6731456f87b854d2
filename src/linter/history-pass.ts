/** What the last run learned of a file's rows, found by what the rows say. */
import { basename, dirname, join } from "node:path";
import { learned } from "../data/formats/format.ts";
import type { Entry } from "../data/lint/document.ts";
import type { RowHistory } from "../data/lint/history.ts";
import { checkHistory, type Problem } from "../data/lint/problem.ts";
import { rowHash } from "../data/row-hash.ts";
import { lossRanks } from "../evaluate/cartography.ts";
import { runsFolder } from "../runs/layout.ts";
import { latestHistoryFor, type TrainedRow } from "../runs/row-history.ts";
import type { DatasetLint } from "./dataset-lint.ts";
import { ProblemsByEntry } from "./problems-by-entry.ts";
import { Turn } from "./turns.ts";

export class HistoryPass {
  readonly #lint: DatasetLint;
  /** By `rowHash`; undefined before the runs were looked at, null where none trained on the file. */
  #histories: Map<string, RowHistory> | null | undefined;
  readonly #looked = new WeakSet<Entry>();
  readonly #found = new WeakMap<Entry, RowHistory>();
  readonly #problems = new ProblemsByEntry();

  constructor(lint: DatasetLint) {
    this.#lint = lint;
  }

  get run(): string | undefined {
    return this.#histories ? [...this.#histories.values()][0]?.run : undefined;
  }

  historyOf(entry: Entry): RowHistory | undefined {
    return this.#found.get(entry);
  }

  problems(): Problem[] {
    return this.#problems.of(this.#lint.document);
  }

  /** Finds the rows that have not been looked for; `isWanted` says whether anybody still waits. */
  async find(isWanted: () => boolean): Promise<void> {
    this.#histories ??= this.#read();
    if (!this.#histories) return;
    const { document } = this.#lint;
    const turn = new Turn();
    for (const entry of [...document.entries]) {
      if (turn.isOver) {
        await turn.next();
        if (!isWanted()) return;
      }
      if (entry.piece.kind !== "record" || this.#looked.has(entry)) continue;
      const view = document.view(entry);
      const row = learned(view.row);
      const history = row && this.#histories.get(rowHash(row));
      this.#looked.add(entry);
      if (history) {
        this.#found.set(entry, history);
        this.#problems.set(entry, checkHistory(view, history, document.ruleSet.history, entry.id));
      }
    }
  }

  #read(): Map<string, RowHistory> | null {
    const { path, project } = this.#lint;
    const folder = dirname(project.recipe ?? path);
    const latest = latestHistoryFor(path, join(folder, runsFolder));
    return latest && latest.rows.length > 0 ? historiesOf(basename(latest.directory), latest.rows) : null;
  }
}

export function historiesOf(run: string, rows: readonly TrainedRow[]): Map<string, RowHistory> {
  const ranks = lossRanks(rows.map(({ history }) => history));
  const losses = rows.map(({ history }) => history.lastLoss).sort((a, b) => a - b);
  const learnedRows = rows.filter(({ history }) => !history.neverLearned).length;
  const about = { run, rows: rows.length, learnedRows, medianLoss: losses[losses.length >> 1]! };
  return new Map(rows.map(({ hash, history }, i) => [hash, { ...history, ...about, lossRank: ranks[i]! }]));
}
