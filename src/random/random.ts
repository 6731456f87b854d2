/**
 * Seeded randomness for everything that must come out the same twice: shuffles, splits, initial weights, dropout masks,
 * sampling, bootstrap. Imports nothing; every room may import it.
 *
 * The generator is xoshiro128** (Blackman & Vigna, 2018), its state filled by a mixing of the seed parts
 * (MurmurHash3's finalizer). Streams are told apart by their parts, so no state has to be stored for a resume:
 * `new Random(seed, "dropout", step, layer)` is the same stream whenever it is asked for.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(...parts: readonly (number | string)[]) {
    let hash = 0x9e3779b9;
    const absorb = (word: number) => {
      hash = mix((hash ^ word) + 0x9e3779b9);
    };
    for (const part of parts) {
      if (typeof part === "string") {
        for (let i = 0; i < part.length; i++) absorb(part.charCodeAt(i));
        absorb(part.length);
      } else {
        absorb(part | 0);
        absorb(Math.floor(part / 2 ** 32) | 0);
      }
    }
    this.#a = mix(hash + 1);
    this.#b = mix(hash + 2);
    this.#c = mix(hash + 3);
    this.#d = mix(hash + 4) | 1; // never all zero
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = rotateLeft(this.#d, 11);
    return result;
  }

  /** Uniform in [0, 1), 32 bits of it. */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  /** Uniform among 0 … count - 1, without bias (rejection). */
  integer(count: number): number {
    const limit = Math.floor(2 ** 32 / count) * count;
    let bits = this.bits();
    while (bits >= limit) bits = this.bits();
    return bits % count;
  }

  /** Standard normal (Box & Muller, 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Shuffles in place (Fisher & Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
    return items;
  }
}

function rotateLeft(x: number, count: number): number {
  return (x << count) | (x >>> (32 - count));
}

function mix(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
