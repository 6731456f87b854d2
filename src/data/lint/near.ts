/**
 * Rows that say nearly the same: those whose sketches have an integer in common (locality-sensitive hashing), compared
 * with the first such row and the one before. So the work grows with the rows, not with their pairs, even where
 * thousands are made from one template.
 */
import { bands, similarity } from "../detect/minhash.ts";
import type { Rows } from "../rules/rule.ts";
import type { Digest } from "./digest.ts";
import { Groups } from "./groups.ts";

/**
 * Of a sketch's integers so many are looked up: rows that are alike by 0.7 meet with a probability of 0.96, by 0.8, of
 * 0.998. All of them would cost a third more for the rest.
 */
const lookedUp = 12;

const mostWaiting = 8192;

const slotsAtMost = 2 ** 20;

export interface Near {
  id: number;
  /** The row before it that it is most like. */
  other: number;
  similarity: number;
}

export class NearRows {
  readonly #most: number;
  /** The slots of rows, by an integer of their sketch and by content. */
  #bands = newBands();
  #contents = new Groups();
  readonly #slots = new Map<number, number>();
  #free: number[] = [];
  /** Slots that are in no band yet: many at a time, band by band, are entered in half the time. */
  #waiting: number[] = [];
  /** By slot. */
  #sketches = new Uint32Array(0);
  #ids = new Int32Array(0);
  #count = 0;
  #isFull = false;

  /** @param most with more rows, nothing is kept */
  constructor(most: number) {
    this.#most = most;
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
    if (slot >= this.#ids.length) this.#grow();
    this.#slots.set(id, slot);
    this.#ids[slot] = id;
    this.#sketches.set(sketch, slot * bands);
    this.#contents.add(content, slot);
    if (this.#waiting.push(slot) >= mostWaiting) this.#enterWaiting();
  }

  #enterWaiting(): void {
    for (let band = 0; band < lookedUp; band++) {
      const groups = this.#bands[band]!;
      for (const slot of this.#waiting) groups.add(this.#sketches[slot * bands + band]! + 1, slot);
    }
    this.#waiting = [];
  }

  remove(id: number, { sketch, content }: Digest): void {
    if (!sketch) return;
    this.#count--;
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    this.#enterWaiting();
    this.#slots.delete(id);
    this.#free.push(slot);
    this.#contents.remove(content, slot);
    for (let band = 0; band < lookedUp; band++) this.#bands[band]!.remove(sketch[band]! + 1, slot);
  }

  /** Rows that are long enough to be compared; undefined where they are too many. */
  get count(): number | undefined {
    return this.#count > this.#most ? undefined : this.#count;
  }

  /**
   * Rows that are at least so similar to one before them, but do not say the same as one.
   *
   * @param enough once there are more, no more are looked for
   */
  near(rows: Rows, threshold: number, enough: number): Map<number, Near> {
    if (this.#isFull && this.#count <= this.#most) this.#addAgain(rows);
    this.#enterWaiting();
    const search = new Search(rows, this.#sketches, this.#ids, threshold);
    for (const slots of this.#contents.shared()) search.leaveOutAllButFirst(slots);
    for (let band = 0; band < lookedUp && search.found.size <= enough; band++) {
      for (const slots of this.#bands[band]!.shared()) search.compare(slots);
    }
    return search.found;
  }

  #addAgain(rows: Rows): void {
    this.#isFull = false;
    this.#count = 0;
    for (const { id, digest } of rows.all()) this.add(id, digest);
  }

  #clear(): void {
    this.#bands = newBands();
    this.#contents = new Groups();
    this.#slots.clear();
    this.#free = [];
    this.#waiting = [];
    this.#sketches = new Uint32Array(0);
    this.#ids = new Int32Array(0);
  }

  #grow(): void {
    const capacity = Math.max(64, 2 * this.#ids.length);
    const sketches = new Uint32Array(capacity * bands);
    sketches.set(this.#sketches);
    this.#sketches = sketches;
    const ids = new Int32Array(capacity);
    ids.set(this.#ids);
    this.#ids = ids;
  }
}

class Search {
  readonly found = new Map<number, Near>();
  readonly #rows: Rows;
  readonly #sketches: Uint32Array;
  readonly #ids: Int32Array;
  readonly #threshold: number;
  /** By slot: the rank, once it was asked for. */
  readonly #ranks: Int32Array;
  readonly #isLeftOut: Uint8Array;

  constructor(rows: Rows, sketches: Uint32Array, ids: Int32Array, threshold: number) {
    this.#rows = rows;
    this.#sketches = sketches;
    this.#ids = ids;
    this.#threshold = threshold;
    this.#ranks = new Int32Array(ids.length).fill(-1);
    this.#isLeftOut = new Uint8Array(ids.length);
  }

  #rank(slot: number): number {
    if (this.#ranks[slot]! < 0) this.#ranks[slot] = this.#rows.rank(this.#ids[slot]!);
    return this.#ranks[slot]!;
  }

  /** Rows that say the same have another rule. */
  leaveOutAllButFirst(slots: readonly number[]): void {
    const first = slots.reduce((a, b) => (this.#rank(b) < this.#rank(a) ? b : a));
    for (const slot of slots) this.#isLeftOut[slot] = slot === first ? 0 : 1;
  }

  compare(slots: readonly number[]): void {
    if (slots.length === 2) {
      const [a, b] = slots as [number, number];
      if (this.#rank(a) < this.#rank(b)) this.#pair(a, b);
      else this.#pair(b, a);
      return;
    }
    // Numbers in an array of numbers are sorted without a function to compare them.
    const keys = Float64Array.from(slots, (slot) => this.#rank(slot) * slotsAtMost + slot).sort();
    const first = keys[0]! % slotsAtMost;
    let before = first;
    for (let i = 1; i < keys.length; i++) {
      const slot = keys[i]! % slotsAtMost;
      if (this.#isLeftOut[slot] === 1) continue;
      this.#pair(first, slot);
      if (before !== first) this.#pair(before, slot);
      before = slot;
    }
  }

  #pair(earlier: number, slot: number): void {
    if (this.#isLeftOut[slot] === 1 || this.#isLeftOut[earlier] === 1) return;
    const a = earlier * bands;
    const b = slot * bands;
    const alike = similarity(this.#sketches, this.#sketches, a, b);
    if (alike < this.#threshold) return;
    const id = this.#ids[slot]!;
    const known = this.found.get(id);
    const other = this.#ids[earlier]!;
    if (known?.other === other) return;
    const isBetter =
      !known ||
      alike > known.similarity ||
      (alike === known.similarity && this.#rank(earlier) < this.#rows.rank(known.other));
    if (isBetter) this.found.set(id, { id, other, similarity: alike });
  }
}

function newBands(): Groups[] {
  return Array.from({ length: lookedUp }, () => new Groups());
}
