/**
 * Rows that say nearly the same: those whose sketches have an integer in common (locality-sensitive hashing), compared
 * with the first such row and the one before. So the work grows with the rows, not with their pairs, even where
 * thousands are made from one template.
 */
import { bands, similarity } from "../detect/minhash.ts";
import type { Rows } from "../rules/rule.ts";
import type { Digest } from "./digest.ts";
import { Groups } from "./groups.ts";

export interface Near {
  id: number;
  /** The row before it that it is most like. */
  other: number;
  similarity: number;
}

export class NearRows {
  readonly #most: number;
  #bands: Groups[];
  #slots = new Map<number, number>();
  #free: number[] = [];
  /** By slot: the sketch, and the hash of the content. */
  #sketches = new Uint32Array(0);
  #contents = new Float64Array(0);
  #count = 0;
  #isFull = false;

  /** @param most with more rows, nothing is kept */
  constructor(most: number) {
    this.#most = most;
    this.#bands = newBands();
  }

  add(id: number, { sketch, content }: Digest): void {
    if (!sketch) return;
    this.#count++;
    if (this.#isFull) return;
    if (this.#count > this.#most) {
      this.#clear();
      this.#isFull = true;
      return;
    }
    const slot = this.#free.pop() ?? this.#slots.size;
    if (slot >= this.#contents.length) this.#grow();
    this.#slots.set(id, slot);
    this.#sketches.set(sketch, slot * bands);
    this.#contents[slot] = content;
    for (let band = 0; band < bands; band++) this.#bands[band]!.add(sketch[band]! + 1, id);
  }

  remove(id: number, { sketch }: Digest): void {
    if (!sketch) return;
    this.#count--;
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    this.#slots.delete(id);
    this.#free.push(slot);
    for (let band = 0; band < bands; band++) this.#bands[band]!.remove(sketch[band]! + 1, id);
  }

  /** Rows that are long enough to be compared; undefined where they are too many. */
  get count(): number | undefined {
    return this.#count > this.#most ? undefined : this.#count;
  }

  /** Rows that are at least so similar to one before them, but do not say the same as one. */
  near(rows: Rows, threshold: number): Map<number, Near> {
    if (this.#isFull && this.#count <= this.#most) this.#addAgain(rows);
    const found = new Map<number, Near>();
    for (const band of this.#bands) {
      for (const ids of band.shared()) this.#inBucket(ids, rows, threshold, found);
    }
    return found;
  }

  #inBucket(ids: number[], rows: Rows, threshold: number, found: Map<number, Near>): void {
    const ranked = ids.map((id) => ({ id, rank: rows.rank(id), slot: this.#slots.get(id)! }));
    ranked.sort((a, b) => a.rank - b.rank);
    const first = ranked[0]!;
    const contents = new Set([this.#contents[first.slot]!]);
    let before = first;
    for (const row of ranked.slice(1)) {
      const content = this.#contents[row.slot]!;
      if (contents.has(content)) continue;
      contents.add(content);
      for (const other of before === first ? [first] : [first, before]) {
        const alike = similarity(this.#sketches, this.#sketches, row.slot * bands, other.slot * bands);
        if (alike < threshold) continue;
        const known = found.get(row.id);
        const isBetter =
          !known ||
          alike > known.similarity ||
          (alike === known.similarity && other.rank < rows.rank(known.other));
        if (isBetter) found.set(row.id, { id: row.id, other: other.id, similarity: alike });
      }
      before = row;
    }
  }

  #addAgain(rows: Rows): void {
    this.#isFull = false;
    this.#count = 0;
    for (const id of rows.ids()) this.add(id, rows.digest(id));
  }

  #clear(): void {
    this.#bands = newBands();
    this.#slots = new Map();
    this.#free = [];
    this.#sketches = new Uint32Array(0);
    this.#contents = new Float64Array(0);
  }

  #grow(): void {
    const capacity = Math.max(64, 2 * this.#contents.length);
    const sketches = new Uint32Array(capacity * bands);
    sketches.set(this.#sketches);
    this.#sketches = sketches;
    const contents = new Float64Array(capacity);
    contents.set(this.#contents);
    this.#contents = contents;
  }
}

function newBands(): Groups[] {
  return Array.from({ length: bands }, () => new Groups());
}
