/**
 * Where rows of different heights lie in a long list, when most of them have never been measured: those count with an
 * estimate. Places are prefix sums in a Fenwick tree (P. Fenwick, Software: Practice and Experience 24 (1994) 327), so that
 * finding a row and learning a height both take log n steps.
 */
export class RowHeights {
  readonly count: number;
  readonly #estimate: number;
  /** What each row's height is beyond the estimate, and the tree of their sums (from 1 on). */
  readonly #beyond: Float64Array;
  readonly #tree: Float64Array;

  /** @param known a row's height where it has been measured before */
  constructor(
    count: number,
    estimate: number,
    known: (position: number) => number | undefined = () => undefined,
  ) {
    this.count = count;
    this.#estimate = estimate;
    this.#beyond = new Float64Array(count);
    this.#tree = new Float64Array(count + 1);
    for (let position = 0; position < count; position++) {
      this.#beyond[position] = (known(position) ?? estimate) - estimate;
      const node = position + 1;
      this.#tree[node]! += this.#beyond[position]!;
      const parent = node + (node & -node);
      if (parent <= count) this.#tree[parent]! += this.#tree[node]!;
    }
  }

  get total(): number {
    return this.top(this.count);
  }

  height(position: number): number {
    return this.#estimate + this.#beyond[position]!;
  }

  /** Where a row begins; of the position after the last row, where the list ends. */
  top(position: number): number {
    let sum = position * this.#estimate;
    for (let node = position; node > 0; node -= node & -node) sum += this.#tree[node]!;
    return sum;
  }

  /** The row that a place lies in: the first or the last row for a place outside the list. */
  at(place: number): number {
    let [low, high] = [0, this.count - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.top(middle) <= place) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  /** A row was measured. */
  learn(position: number, height: number): void {
    const change = height - this.height(position);
    this.#beyond[position]! += change;
    for (let node = position + 1; node <= this.count; node += node & -node) this.#tree[node]! += change;
  }

  /** The rows that a window shows, and `spare` more on both sides: from `first` to before `end`. */
  window(top: number, height: number, spare: number): { first: number; end: number } {
    if (this.count === 0) return { first: 0, end: 0 };
    return {
      first: Math.max(0, this.at(top) - spare),
      end: Math.min(this.count, this.at(top + height) + 1 + spare),
    };
  }

  /** How far a window has to move, from `top`, to show a row whole: the least way; a row too high shows its beginning. */
  reveal(position: number, top: number, height: number): number {
    const begins = this.top(position);
    const ends = begins + this.height(position);
    if (begins < top || ends - begins > height) return begins;
    return ends > top + height ? ends - height : top;
  }
}
