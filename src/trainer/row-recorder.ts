/** Records how well the training rows are known, step by step, under names by which they are found again. */
import { rowHash } from "../data/row-hash.ts";
import { countTargets } from "../engine/train/batches.ts";
import type { SeenRow } from "../engine/train/trainer.ts";
import { RowLog } from "../runs/row-log.ts";
import type { LocatedRow } from "./data.ts";
import type { JobContext } from "./job-contract.ts";
import type { PreparedRows } from "./prepared-rows.ts";

export class RowRecorder {
  readonly #log: RowLog;
  readonly #stepsPerEpoch: number;
  /** Of each example: the place of its row among those that are named. */
  readonly #places: number[];

  /** @param located the rows of the file `path` that `prepared` was made from */
  constructor(
    { directory, attempt, resumeFrom }: JobContext,
    path: string,
    located: readonly LocatedRow[],
    prepared: PreparedRows,
    stepsPerEpoch: number,
  ) {
    this.#stepsPerEpoch = stepsPerEpoch;
    const tokens = new Map<number, number>();
    for (const [i, source] of prepared.sources.entries())
      tokens.set(source, (tokens.get(source) ?? 0) + countTargets(prepared.rows[i]!));
    const sources = [...tokens.keys()];
    const places = new Map(sources.map((source, place) => [source, place]));
    this.#places = prepared.sources.map((source) => places.get(source)!);
    this.#log = new RowLog(directory, attempt, resumeFrom?.step ?? 0, {
      path,
      lines: sources.map((source) => located[source]!.line),
      hashes: sources.map((source) => rowHash(located[source]!.row)),
      tokens: [...tokens.values()],
    });
  }

  /** @param step counted from 1 */
  record(step: number, seen: readonly SeenRow[]): void {
    this.#log.write({
      step,
      epoch: Math.floor((step - 1) / this.#stepsPerEpoch),
      rows: seen.map(({ row }) => this.#places[row]!),
      nll: seen.map(({ loss }) => loss),
      tokens: seen.map(({ tokens }) => tokens),
      sure: seen.map(({ sure }) => sure),
    });
  }

  /** To be called before a checkpoint. */
  sync(): void {
    this.#log.sync();
  }

  close(): void {
    this.#log.close();
  }
}
