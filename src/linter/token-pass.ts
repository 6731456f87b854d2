/** The model's view of a file's rows: counted behind everything else, batch by batch, each record once. */
import type { Problem } from "../data/lint/problem.ts";
import type { DatasetLint } from "./dataset-lint.ts";

export class TokenPass {
  readonly #lint: DatasetLint;

  constructor(lint: DatasetLint) {
    this.#lint = lint;
  }

  get model(): { name: string; maxLength: number; trouble?: string } {
    const { model, maxLength } = this.#lint.project;
    return { name: model, maxLength };
  }

  /** Of all rows; undefined until all are counted. */
  get total(): number | undefined {
    return undefined;
  }

  get isDone(): boolean {
    return true;
  }

  problems(): Problem[] {
    return [];
  }

  /** Counts what has not been counted; `told` after some, and at the end. */
  async run(_told: () => void): Promise<void> {}

  stop(): void {}
}
