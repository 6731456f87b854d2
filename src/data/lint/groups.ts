/** Rows by a hash of something: which of them share it. */
export class Groups {
  /** A single row as its id, several as a set: most hashes have one. */
  readonly #groups = new Map<number, number | Set<number>>();
  readonly #shared = new Set<number>();

  /** 0 is no hash. */
  add(hash: number, id: number): void {
    if (hash === 0) return;
    const group = this.#groups.get(hash);
    if (group === undefined) this.#groups.set(hash, id);
    else if (typeof group === "object") group.add(id);
    else {
      this.#groups.set(hash, new Set([group, id]));
      this.#shared.add(hash);
    }
  }

  remove(hash: number, id: number): void {
    const group = this.#groups.get(hash);
    if (group === id) this.#groups.delete(hash);
    if (typeof group !== "object" || !group.delete(id) || group.size > 1) return;
    this.#groups.set(hash, [...group][0]!);
    this.#shared.delete(hash);
  }

  /** The groups of more than one, in no order. */
  *shared(): Generator<number[]> {
    for (const hash of this.#shared) yield [...(this.#groups.get(hash) as Set<number>)];
  }

  of(hash: number): readonly number[] {
    const group = this.#groups.get(hash);
    return group === undefined ? [] : typeof group === "object" ? [...group] : [group];
  }
}
