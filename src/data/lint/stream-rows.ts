/** What is kept of the rows of a file that nobody holds: a few numbers of each, in their order. */
import type { OtherFile, Part, Rows } from "../rules/rule.ts";
import type { Digest } from "./digest.ts";
import type { Position, Range } from "./document.ts";

export class StreamRows {
  readonly #digests: Digest[] = [];
  readonly #lines: number[] = [];
  /** Of those that do not begin a line: all of an array may stand on one. */
  readonly #characters: number[] = [];

  /** @returns the row's number, from 0 */
  add(digest: Digest, { line, character }: Position): number {
    const row = this.#digests.push(digest) - 1;
    this.#lines.push(line);
    if (character > 0) this.#characters[row] = character;
    return row;
  }

  /** As rules see them. */
  withOthers(others: readonly OtherFile[], part: Part | undefined): Rows {
    return {
      count: this.#digests.length,
      ids: () => this.#digests.keys(),
      rank: (id) => id,
      line: (id) => this.#lines[id]! + 1,
      digest: (id) => this.#digests[id]!,
      others,
      part,
    };
  }

  /** The record itself is not there any more: its first character stands for it. */
  startOf(row: number): Range {
    const line = this.#lines[row]!;
    const character = this.#characters[row] ?? 0;
    return { start: { line, character }, end: { line, character: character + 1 } };
  }

  /** Hashes of the prompts with their first lines, for other files to look for. */
  prompts(): Map<number, number> {
    const found = new Map<number, number>();
    for (const [row, { prompt }] of this.#digests.entries()) {
      if (prompt !== 0 && !found.has(prompt)) found.set(prompt, this.#lines[row]! + 1);
    }
    return found;
  }
}
