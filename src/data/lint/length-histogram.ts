/** How long texts are, on a logarithmic scale: enough for medians, and small however many there are. */

/** So many bins for twice the length: each is 4.4 % wide. */
const binsPerOctave = 16;
const bins = 32 * binsPerOctave;

export class LengthHistogram {
  readonly #counts = new Int32Array(bins);
  #total = 0;

  change(length: number, by: 1 | -1): void {
    const bin = binOf(length);
    this.#counts[bin]! += by;
    this.#total += by;
  }

  get total(): number {
    return this.#total;
  }

  /** A length that so large a share of the texts is at most as long as. */
  quantile(share: number): number {
    return lengthOf(this.#quantileBin(share));
  }

  /**
   * From where texts are unlike the others: so many deviations from the median, both of logarithms, and both robust
   * (the deviation is the median one, times 1.48, as it would be of a normal distribution).
   */
  bounds(deviations: number): { shortest: number; longest: number; outside: number } {
    const median = this.#quantileBin(0.5);
    const distances = new Int32Array(bins);
    for (let bin = 0; bin < bins; bin++) distances[Math.abs(bin - median)]! += this.#counts[bin]!;
    let typical = 0;
    for (let seen = distances[0]!; seen * 2 < this.#total; ) seen += distances[++typical]!;
    const most = Math.max(leastDeviation, 1.4826 * typical) * deviations;
    let outside = 0;
    for (let bin = 0; bin < bins; bin++) if (Math.abs(bin - median) > most) outside += this.#counts[bin]!;
    return {
      shortest: lengthOf(Math.ceil(median - most)),
      longest: lengthOf(Math.floor(median + most) + 1) - 1,
      outside,
    };
  }

  #quantileBin(share: number): number {
    let bin = 0;
    for (let seen = this.#counts[0]!; seen < share * this.#total; ) seen += this.#counts[++bin]!;
    return bin;
  }
}

/** A fifth of an octave: texts of nearly one length are not unlike each other for a word more. */
const leastDeviation = binsPerOctave / 5;

function binOf(length: number): number {
  return Math.min(bins - 1, Math.floor(Math.log2(length + 1) * binsPerOctave));
}

/** The least length in a bin. */
function lengthOf(bin: number): number {
  return Math.max(0, Math.ceil(2 ** (bin / binsPerOctave) - 1));
}
