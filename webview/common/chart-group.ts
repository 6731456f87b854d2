/** What charts one below the other share: the visible range and the crosshair. */
import type { Range } from "./crosshair.ts";

export class ChartGroup {
  #range: Range | null;
  #at: number | null = null;
  readonly #followers: ((change: "range" | "at") => void)[] = [];

  constructor(range: Range | null = null) {
    this.#range = range;
  }

  /** The visible range; null for all there is. */
  get range(): Range | null {
    return this.#range;
  }

  /** Where the crosshair stands; null without one. */
  get at(): number | null {
    return this.#at;
  }

  follow(changed: (change: "range" | "at") => void): void {
    this.#followers.push(changed);
  }

  show(range: Range | null): void {
    if (range?.[0] === this.#range?.[0] && range?.[1] === this.#range?.[1]) return;
    this.#range = range;
    this.#tell("range");
  }

  point(at: number | null): void {
    if (at === this.#at) return;
    this.#at = at;
    this.#tell("at");
  }

  #tell(change: "range" | "at"): void {
    for (const changed of this.#followers) changed(change);
  }
}
