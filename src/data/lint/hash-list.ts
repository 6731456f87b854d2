/** Hashes and the rows that have them, one after another: for millions, of which nothing is asked but which are shared. */

/** It grows by so many: growing by doubling would hold it twice for a moment. */
const chunkLength = 1 << 15;

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

  /** The rows that share a hash, in no order. They show when the hashes are sorted. */
  *shared(): Generator<number[]> {
    const sorted = new Float64Array(this.#chunks.length * chunkLength);
    for (const [i, { hashes }] of this.#chunks.entries()) sorted.set(hashes, i * chunkLength);
    const hashes = sorted.subarray(0, this.#length).sort();
    const groups = new Map<number, number[]>();
    for (let i = 1; i < hashes.length; i++) if (hashes[i] === hashes[i - 1]) groups.set(hashes[i]!, []);
    if (groups.size === 0) return;
    for (const [hash, id] of this.pairs()) groups.get(hash)?.push(id);
    yield* groups.values();
  }
}
