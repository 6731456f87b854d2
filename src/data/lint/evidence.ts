/** Which format a file is in, by what its records look like: kept as sums, so that a changed record costs nothing. */
import { type ColumnMapping, columnsFormat } from "../formats/columns.ts";
import type { DataRecord, Format } from "../formats/format.ts";
import { formats } from "../formats/index.ts";
import type { Evidence } from "../source/container.ts";

/** How each candidate takes one record; the same object for records that look the same. */
export type Scores = readonly number[];

/** Two columns of any name could be a text and its label: in a file of another format that says nothing. */
const guessed = 300;

export class FormatEvidence {
  readonly candidates: readonly Format[];
  readonly #sums: number[];
  readonly #known: number[];
  #records = 0;
  #last: Scores = [];

  /** @param name the one format that it is, if that is settled; one that is not known counts as not settled */
  constructor(name?: string, columns?: ColumnMapping) {
    const named = formats.filter((format) => format.name === name);
    this.candidates = columns ? [columnsFormat(columns)] : named.length > 0 ? named : formats;
    this.#sums = this.candidates.map(() => 0);
    this.#known = this.candidates.map(() => 0);
  }

  /** Scores in whole thousandths, so that sums do not depend on the order of adding. */
  scores(record: DataRecord): Scores {
    const scores = this.candidates.map((format) => Math.round(format.recognise(record) * 1000));
    if (scores.every((score, i) => score === this.#last[i])) return this.#last;
    this.#last = scores;
    return scores;
  }

  add(scores: Scores, sign: 1 | -1 = 1): void {
    this.#records += sign;
    for (const [i, score] of scores.entries()) {
      this.#sums[i]! += sign * score;
      if (score > 0) this.#known[i]! += sign;
    }
  }

  /** The best first. */
  get evidence(): Evidence[] {
    return this.candidates
      .map((format, i) => ({
        format,
        score: this.#records === 0 ? 0 : this.#sums[i]! / this.#records / 1000,
        known: this.#known[i]!,
      }))
      .sort((a, b) => b.score - a.score);
  }

  /** The best, if it knows most of the records. */
  get format(): Format | undefined {
    const [best] = this.evidence;
    return best && best.known * 2 > this.#records ? best.format : undefined;
  }

  /** The format in which a record is read: the file's if it knows it, else the one that knows it best. */
  formatFor(scores: Scores, ofFile: Format | undefined): Format | undefined {
    if (ofFile && scores[this.candidates.indexOf(ofFile)]! > 0) return ofFile;
    const best = Math.max(0, ...scores);
    if (best === 0 || (ofFile && best <= guessed)) return ofFile;
    return this.candidates[scores.indexOf(best)];
  }
}
