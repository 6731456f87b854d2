/**
 * Rows by a hash of something: which of them share it.
 *
 * An open-addressing table over typed arrays (linear probing; what is removed is closed up, so that nothing is left
 * behind): a row that shares its hash with no other costs about 20 bytes, a quarter of what it costs in a Map. Of more
 * rows than an editor's files have, a list is kept until one of them goes: that takes half of this.
 */
import { HashList } from "./hash-list.ts";

export class Groups {
  /** By slot: the hash, and the only row with it, or `several`. 0 is no hash: the slot is free. */
  #hashes: Float64Array;
  #ids: Int32Array;
  #used = 0;
  /** Instead of the table. */
  #list: HashList | undefined;
  #mayBeList = true;
  /** The rows of hashes that several have. */
  readonly #shared = new Map<number, number[] | Set<number>>();

  constructor(capacity = 16) {
    this.#hashes = new Float64Array(capacity);
    this.#ids = new Int32Array(capacity);
  }

  /** @param hash 0 is no hash: the row is in no group */
  add(hash: number, id: number): void {
    if (hash === 0) return;
    if (this.#list) {
      this.#list.add(hash, id);
      return;
    }
    const slot = this.#slotOf(hash);
    if (this.#hashes[slot] !== hash) {
      this.#hashes[slot] = hash;
      this.#ids[slot] = id;
      if (++this.#used > this.#hashes.length * mostFull) this.#grow();
      return;
    }
    const known = this.#shared.get(hash);
    if (known === undefined) {
      this.#shared.set(hash, [this.#ids[slot]!, id]);
      this.#ids[slot] = several;
    } else if (!Array.isArray(known)) known.add(id);
    else if (known.push(id) > mostInList) this.#shared.set(hash, new Set(known));
  }

  remove(hash: number, id: number): void {
    if (hash === 0) return;
    this.#makeTable();
    const slot = this.#slotOf(hash);
    if (this.#hashes[slot] !== hash) return;
    const group = this.#shared.get(hash);
    if (group === undefined) {
      if (this.#ids[slot] === id) this.#free(slot);
      return;
    }
    if (!Array.isArray(group)) group.delete(id);
    else if (group.includes(id)) group.splice(group.indexOf(id), 1);
    const left = Array.isArray(group) ? group.length : group.size;
    if (left > 1) return;
    const [last] = group;
    this.#ids[slot] = last!;
    this.#shared.delete(hash);
  }

  /** The groups of more than one, in no order. */
  *shared(): Generator<number[]> {
    if (this.#list) yield* this.#list.shared();
    else for (const group of this.#shared.values()) yield [...group];
  }

  of(hash: number): readonly number[] {
    if (hash === 0) return [];
    this.#makeTable();
    const slot = this.#slotOf(hash);
    if (this.#hashes[slot] !== hash) return [];
    const group = this.#shared.get(hash);
    return group === undefined ? [this.#ids[slot]!] : [...group];
  }

  /** Where the hash is, or would be. */
  #slotOf(hash: number): number {
    const hashes = this.#hashes;
    const mask = hashes.length - 1;
    let slot = home(hash) & mask;
    while (hashes[slot] !== 0 && hashes[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  #free(at: number): void {
    const hashes = this.#hashes;
    const mask = hashes.length - 1;
    let free = at;
    for (let slot = (at + 1) & mask; hashes[slot] !== 0; slot = (slot + 1) & mask) {
      const wanted = home(hashes[slot]!) & mask;
      // Those that would not be found from where they belong with a free slot between move up.
      if (((slot - wanted) & mask) < ((slot - free) & mask)) continue;
      hashes[free] = hashes[slot]!;
      this.#ids[free] = this.#ids[slot]!;
      free = slot;
    }
    hashes[free] = 0;
    this.#used--;
  }

  #makeTable(): void {
    const list = this.#list;
    this.#list = undefined;
    this.#mayBeList = false;
    for (const [hash, id] of list?.pairs() ?? []) this.add(hash, id);
  }

  #makeList(): void {
    const list = new HashList();
    for (const [slot, hash] of this.#hashes.entries()) {
      if (hash === 0) continue;
      for (const id of this.#shared.get(hash) ?? [this.#ids[slot]!]) list.add(hash, id);
    }
    this.#list = list;
    this.#hashes = new Float64Array(16);
    this.#ids = new Int32Array(16);
    this.#used = 0;
    this.#shared.clear();
  }

  #grow(): void {
    const hashes = this.#hashes;
    const ids = this.#ids;
    if (hashes.length >= largestTable && this.#mayBeList) {
      this.#makeList();
      return;
    }
    this.#hashes = new Float64Array(hashes.length * 2);
    this.#ids = new Int32Array(hashes.length * 2);
    for (let slot = 0; slot < hashes.length; slot++) {
      if (hashes[slot] === 0) continue;
      const to = this.#slotOf(hashes[slot]!);
      this.#hashes[to] = hashes[slot]!;
      this.#ids[to] = ids[slot]!;
    }
  }
}

const several = -1;
const mostFull = 0.75;
/** In slots. */
const largestTable = 1 << 18;
/** Longer lists are searched too long. */
const mostInList = 16;

function home(hash: number): number {
  const bits = Math.imul((hash / 2 ** 32) ^ hash, 0x9e3779b1);
  return bits ^ (bits >>> 15);
}
