/** How often each label occurs, where the answers of a dataset are labels. */
import type { Rows } from "../rules/rule.ts";
import type { Digest } from "./digest.ts";

/** Labels that are fewer than this share of the rows: the others are answers, each of its own. */
const fewestRowsPerLabel = 3;

export class LabelCounts {
  readonly #counts = new Map<string, number>();
  /** Rows with an answer or a text, and those of them whose answer is short enough to be a label. */
  #rows = 0;
  #labelled = 0;

  change({ prompt, label }: Digest, by: 1 | -1): void {
    if (prompt === 0) return;
    this.#rows += by;
    if (label === undefined) return;
    this.#labelled += by;
    const count = (this.#counts.get(label) ?? 0) + by;
    if (count > 0) this.#counts.set(label, count);
    else this.#counts.delete(label);
  }

  /** Rows that something can be learned from. */
  get rows(): number {
    return this.#rows;
  }

  /**
   * The labels and how many rows have each, the most frequent first; undefined where answers are no labels: they are
   * long, most of them occur once, or they are structures.
   */
  labels(): [label: string, rows: number][] | undefined {
    const distinct = this.#counts.size;
    if (this.#rows === 0 || this.#labelled < this.#rows || distinct * fewestRowsPerLabel > this.#rows) {
      return undefined;
    }
    const labels = [...this.#counts];
    if (labels.some(([label]) => /^[[{]/.test(label))) return undefined;
    return labels.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }
}

/** The rows that have one of some labels. They are looked for when they are asked for: mostly there are none. */
export function* rowsWith(labels: ReadonlyMap<string, unknown>, rows: Rows): Generator<[number, string]> {
  if (labels.size === 0) return;
  for (const { id, digest } of rows.all()) {
    const { label, prompt } = digest;
    if (label !== undefined && prompt !== 0 && labels.has(label)) yield [id, label];
  }
}
