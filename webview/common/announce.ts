/** Says to screen readers what changes by itself, seldom, and what a key has just asked for, at once. */
import { h } from "./elements.ts";

const seldomMs = 30_000;

export class Announcer {
  readonly element = h("div", { class: "visually-hidden", "aria-live": "polite" });
  #spoke = Number.NEGATIVE_INFINITY;

  /** News: at most every thirty seconds, the rest is dropped, for the next news says more. */
  news(text: string): void {
    if (performance.now() - this.#spoke < seldomMs || this.element.textContent === text) return;
    this.#spoke = performance.now();
    this.answer(text);
  }

  /** An answer to what a person just did. */
  answer(text: string): void {
    this.element.textContent = text;
  }
}
