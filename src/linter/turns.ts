/** Long work in the lint worker is done in slices, between which whoever types or asks gets a turn. */

/** Milliseconds that a slice takes at most, if nothing in it takes longer. */
const sliceMs = 4;

export class Turn {
  #until = performance.now() + sliceMs;

  get isOver(): boolean {
    return performance.now() >= this.#until;
  }

  /** When the others had theirs. */
  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#until = performance.now() + sliceMs;
  }
}
