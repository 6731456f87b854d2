/** Paints when something has changed, at most once a frame, and only while it can be seen: a hidden panel costs nothing. */
export class Painter {
  readonly #paint: () => void;
  #isDirty = false;
  #isAsked = false;
  #isSeen = false;

  constructor(element: Element, paint: () => void) {
    this.#paint = paint;
    // Also told when the page itself is hidden or shown: a hidden page's frames do not come.
    new IntersectionObserver((entries) => {
      this.#isSeen = entries.at(-1)!.isIntersecting;
      this.#ask();
    }).observe(element);
    document.addEventListener("visibilitychange", () => this.#ask());
  }

  request(): void {
    this.#isDirty = true;
    this.#ask();
  }

  #ask(): void {
    if (!this.#isDirty || this.#isAsked || !this.#isSeen || document.visibilityState === "hidden") return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#isDirty = false;
      this.#paint();
    });
  }
}
