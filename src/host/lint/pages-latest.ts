/** Asks for what a page shows, one question at a time: while one is being answered, only the latest of those after it waits. */
export class Latest {
  readonly #ask: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isStale = false;
  #isOver = false;

  /** @param ask must not throw */
  constructor(ask: () => Promise<void>) {
    this.#ask = ask;
  }

  /** Asks once nothing has called for it for so long. */
  soon(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#isOver) this.#timer = setTimeout(() => void this.now(), ms);
  }

  /** Resolves when what is asked for from now on has been answered. */
  async now(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isStale = true;
    this.#running ??= this.#run();
    await this.#running;
  }

  dispose(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    try {
      while (this.#isStale && !this.#isOver) {
        this.#isStale = false;
        await this.#ask();
      }
    } finally {
      this.#running = undefined;
    }
  }
}
