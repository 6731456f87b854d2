/**
 * Seeded random numbers for drawing shots and resampling rows: xoshiro128** of Blackman and Vigna, "Scrambled Linear
 * Pseudorandom Number Generators" (ACM TOMS 47(4), 2021), its state filled by splitmix32 from one integer seed.
 * The same seed gives the same numbers on every machine.
 */
export class Random {
  private readonly state = new Uint32Array(4);

  /** `seed`: any integer; only its low 32 bits count. */
  constructor(seed: number) {
    let counter = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      counter = (counter + 0x9e3779b9) >>> 0;
      let mixed = counter ^ (counter >>> 16);
      mixed = Math.imul(mixed, 0x21f0aaad);
      mixed ^= mixed >>> 15;
      mixed = Math.imul(mixed, 0x735a2d97);
      this.state[i] = mixed ^ (mixed >>> 15);
    }
  }

  /** A whole number in [0, 2³²). */
  next(): number {
    const s = this.state;
    const scrambled = Math.imul(rotateLeft(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const shifted = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = rotateLeft(s[3]!, 11);
    return scrambled;
  }

  /** A whole number in [0, bound), even to within bound / 2³². */
  below(bound: number): number {
    return Math.floor((this.next() / 2 ** 32) * bound);
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
