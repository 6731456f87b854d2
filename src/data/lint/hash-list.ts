/** Hashes and the rows that have them, one after another: for millions, of which nothing is asked but which are shared. */

/** It grows by so many: growing by doubling would hold it twice for a moment. */
const chunkLength = 1 << 15;

/** So many are sorted at a time: a sorted copy of all would take as much room as they do, when most is taken. */
const partLength = 1 << 18;

interface Chunk {
  hashes: Float64Array;
  ids: Int32Array;
}

export class HashList {
  readonly #chunks: Chunk[] = [];
  #length = 0;

  add(hash: number, id: number): void {
    const i = this.#length++ % chunkLength;
    if (i === 0) {
      this.#chunks.push({ hashes: new Float64Array(chunkLength), ids: new Int32Array(chunkLength) });
    }
    const chunk = this.#chunks.at(-1)!;
    chunk.hashes[i] = hash;
    chunk.ids[i] = id;
  }

  *pairs(): Generator<[hash: number, id: number]> {
    for (let i = 0; i < this.#length; i++) {
      const { hashes, ids } = this.#chunks[Math.floor(i / chunkLength)]!;
      yield [hashes[i % chunkLength]!, ids[i % chunkLength]!];
    }
  }

  /** The rows that share a hash, in no order. They show when the hashes are sorted, a part of them at a time. */
  *shared(): Generator<number[]> {
    const parts = Math.max(1, Math.ceil(this.#length / partLength));
    for (let part = 0; part < parts; part++) yield* this.#sharedIn(part, parts);
  }

  *#sharedIn(part: number, parts: number): Generator<number[]> {
    const hashes = this.#hashesIn(part, parts).sort();
    const groups = new Map<number, number[]>();
    for (let i = 1; i < hashes.length; i++) if (hashes[i] === hashes[i - 1]) groups.set(hashes[i]!, []);
    if (groups.size === 0) return;
    for (const [hash, id] of this.pairs()) groups.get(hash)?.push(id);
    yield* groups.values();
  }

  #hashesIn(part: number, parts: number): Float64Array {
    let count = 0;
    for (const hash of this.#hashes()) if (hash % parts === part) count++;
    const found = new Float64Array(count);
    for (const hash of this.#hashes()) if (hash % parts === part) found[--count] = hash;
    return found;
  }

  *#hashes(): Generator<number> {
    for (const [i, { hashes }] of this.#chunks.entries()) {
      yield* hashes.subarray(0, Math.min(chunkLength, this.#length - i * chunkLength));
    }
  }
}
