/** What is kept of the rows of a file that nobody holds: a few numbers of each, in their order. */
import type { OtherFile, Part, Rows } from "../rules/rule.ts";
import type { Digest } from "./digest.ts";
import { DigestTable } from "./digest-table.ts";
import type { Position, Range } from "./document.ts";

export class StreamRows {
  readonly #digests = new DigestTable();
  /** Of those that do not begin a line: all of an array may stand on one. */
  readonly #characters: number[] = [];

  /** @returns the row's number, from 0 */
  add(digest: Digest, { line, character }: Position): number {
    const row = this.#digests.add(digest, line);
    if (character > 0) this.#characters[row] = character;
    return row;
  }

  /** As rules see them. */
  withOthers(others: readonly OtherFile[], part: Part | undefined): Rows {
    return {
      count: this.#digests.length,
      ids: () => this.#digests.rows(),
      rank: (id) => id,
      line: (id) => this.#digests.line(id) + 1,
      digest: (id) => this.#digests.at(id),
      others,
      part,
    };
  }

  /** The record itself is not there any more: its first character stands for it. */
  startOf(row: number): Range {
    const line = this.#digests.line(row);
    const character = this.#characters[row] ?? 0;
    return { start: { line, character }, end: { line, character: character + 1 } };
  }

  /** Hashes of the prompts with their first lines, for other files to look for. */
  prompts(): Map<number, number> {
    const found = new Map<number, number>();
    for (const row of this.#digests.rows()) {
      const prompt = this.#digests.prompt(row);
      if (prompt !== 0 && !found.has(prompt)) found.set(prompt, this.#digests.line(row) + 1);
    }
    return found;
  }
}
