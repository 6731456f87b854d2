/** Pieces of a file with where they begin, for what reads through it once. */
import type { Container } from "../source/container.ts";
import type { Stretch } from "../source/locate.ts";
import type { Piece } from "../source/piece.ts";
import { countLines, positionAt } from "../source/piece.ts";
import type { Position, Range } from "./document.ts";

/** A piece and where it begins, both from 0. */
export interface Placed extends Position {
  piece: Piece;
}

/** Gives pieces their places, one after the other. */
export class PieceCounter {
  readonly #container: Container;
  #line = 0;
  #character = 0;

  constructor(container: Container) {
    this.#container = container;
  }

  place(piece: Piece): Placed {
    const placed = { piece, line: this.#line, character: this.#character };
    const { text } = piece;
    const lines = countLines(text);
    this.#line += lines;
    // All other containers divide at line ends.
    if (this.#container === "array")
      this.#character =
        lines === 0 ? this.#character + text.length : text.length - text.lastIndexOf("\n") - 1;
    return placed;
  }
}

/** Where a stretch of a piece's record stands. */
export function rangeIn(placed: Placed, { start, end }: Stretch): Range {
  return { start: positionIn(placed, start), end: positionIn(placed, end) };
}

function positionIn({ piece, line, character }: Placed, offset: number): Position {
  return positionAt(piece.text, piece.start + offset, { line, column: character });
}
