/**
 * A file's text in pieces: each holds one record and what separates it from the next, so that all pieces together are
 * the text. Where a piece begins is decided by the text before it only through a short state; so after an edit the
 * pieces around it are found anew, and the rest stays.
 */

import { arraySegmenter } from "./array.ts";
import type { Container } from "./container.ts";
import { documentsSegmenter } from "./documents.ts";
import { linesSegmenter } from "./lines.ts";
import { tableSegmenter } from "./table.ts";

export interface Piece {
  /** A `gap` holds no record: a blank line, the brackets around an array. */
  kind: "record" | "header" | "gap";
  /** With what separates it from the next piece. */
  text: string;
  /** The record in `text`. */
  start: number;
  end: number;
  /** The split it belongs to, in a file that holds several: "train" … */
  split?: string;
  /** What is wrong with how records are put together, `offset` from `start`. */
  fault?: { offset: number; message: string };
  /** So many characters behind `text` were looked at to decide where it ends. */
  reach: number;
}

export interface Segmenter {
  /** The state before a text's first character. */
  begin(text: string): string;
  /**
   * The piece that begins at `at`, and the state behind it.
   *
   * @param isEnd no text follows
   * @returns undefined where the text that is there does not show where the piece ends
   */
  next(text: string, at: number, state: string, isEnd: boolean): { piece: Piece; state: string } | undefined;
}

/** @param extension a .tsv file is always split at tabs */
export function segmenterOf(container: Container, extension: string): Segmenter {
  switch (container) {
    case "lines":
      return linesSegmenter;
    case "array":
      return arraySegmenter;
    case "table":
      return tableSegmenter(extension === ".tsv" ? "\t" : undefined);
    case "documents":
      return documentsSegmenter;
  }
}

/** All pieces of a text. */
export function* segment(text: string, segmenter: Segmenter): Generator<Piece> {
  let state = segmenter.begin(text);
  for (let at = 0; at < text.length; ) {
    const next = segmenter.next(text, at, state, true)!;
    yield next.piece;
    at += next.piece.text.length;
    state = next.state;
  }
}

/** How many lines end in a text. */
/** Where an offset into a text lies, both from 0; `from` is where the text itself begins. */
export function positionAt(
  text: string,
  offset: number,
  from = { line: 0, column: 0 },
): { line: number; character: number } {
  const before = text.slice(0, offset);
  const lines = countLines(before);
  return {
    line: from.line + lines,
    character: lines === 0 ? from.column + before.length : before.length - before.lastIndexOf("\n") - 1,
  };
}

export function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
