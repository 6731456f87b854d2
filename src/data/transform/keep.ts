/** A dataset's text without some of its records: everything else stays as it is, byte for byte. */
import type { TextEdit } from "../source/edit.ts";
import { applyEdits } from "../source/edit.ts";
import type { Piece } from "../source/piece.ts";
import type { DatasetText, Item } from "./dataset.ts";
import { requireItems } from "./dataset.ts";

export interface Kept {
  text: string;
  /** Of the text as it was; they do not overlap. */
  edits: TextEdit[];
}

/**
 * @param isKept asked of every record
 * @param dropBlanks blank lines between records go, too
 * @throws `dataset-invalid` where what is left would read otherwise
 */
export function keepRecords(
  dataset: DatasetText,
  isKept: (item: Item, index: number) => boolean,
  { dropBlanks = false }: { dropBlanks?: boolean } = {},
): Kept {
  const { text, container, pieces } = dataset;
  const kept = dataset.items.filter(isKept);
  const keptAt = new Set(kept.map(({ at }) => at));
  const isGone = (piece: Piece, at: number) => piece.kind === "record" && !keptAt.has(at);
  const edits = container === "array" ? arrayEdits(pieces, isGone) : lineEdits(dataset, isGone, dropBlanks);
  const left = applyEdits(text, edits);
  const marked = withMark(dataset, left, kept);
  if (marked !== left) edits.push({ start: text.length, end: text.length, text: marked.slice(left.length) });
  requireItems(marked, dataset, kept);
  return { text: marked, edits };
}

/** Runs of elements are taken out with the comma behind them, or at an array's end with the one before. */
function arrayEdits(pieces: readonly Piece[], isGone: (piece: Piece, at: number) => boolean): TextEdit[] {
  const edits: TextEdit[] = [];
  let offset = 0;
  /** Where the array's last kept element ends. */
  let keptEnd: number | undefined;
  let from: number | undefined;
  let goneEnd = 0;
  for (const [at, piece] of pieces.entries()) {
    const start = offset + piece.start;
    if (piece.kind !== "record") {
      if (from !== undefined) edits.push({ start: keptEnd ?? from, end: goneEnd, text: "" });
      from = keptEnd = undefined;
    } else if (isGone(piece, at)) {
      from ??= start;
      goneEnd = offset + piece.end;
    } else {
      if (from !== undefined) edits.push({ start: from, end: start, text: "" });
      from = undefined;
      keptEnd = offset + piece.end;
    }
    offset += piece.text.length;
  }
  if (from !== undefined) edits.push({ start: keptEnd ?? from, end: goneEnd, text: "" });
  return edits;
}

/** Whole lines; a file that ended without a line end still does. */
function lineEdits(
  { pieces, container }: DatasetText,
  isGone: (piece: Piece, at: number) => boolean,
  dropBlanks: boolean,
): TextEdit[] {
  const edits: TextEdit[] = [];
  let offset = 0;
  let last: { offset: number; piece: Piece } | undefined;
  for (const [at, piece] of pieces.entries()) {
    const isDropped = isGone(piece, at) || (dropBlanks && piece.kind === "gap" && container !== "documents");
    if (isDropped) edits.push({ start: offset, end: offset + piece.text.length, text: "" });
    else last = { offset, piece };
    offset += piece.text.length;
  }
  const isCut = last && pieces.at(-1) !== last.piece && !/\n\s*$/.test(pieces.at(-1)!.text);
  if (isCut && container !== "documents") {
    const { piece } = last!;
    const lineEnd = /\r?\n$/.exec(piece.text)?.[0].length ?? 0;
    const end = last!.offset + piece.text.length;
    const behind = edits.find(({ start }) => start === end);
    if (behind) behind.start = end - lineEnd;
  }
  return joined(edits);
}

/** Edits that touch become one. */
function joined(edits: readonly TextEdit[]): TextEdit[] {
  const found: TextEdit[] = [];
  for (const edit of edits) {
    const before = found.at(-1);
    if (before && before.end === edit.start) before.end = edit.end;
    else found.push({ ...edit });
  }
  return found;
}

/** A single text of several paragraphs needs a mark, or each would be a text of its own. */
function withMark(dataset: DatasetText, text: string, kept: readonly Item[]): string {
  if (dataset.container !== "documents" || kept.length !== 1 || dataset.way === "paragraphs") return text;
  const isMarked = /^<\|endoftext\|>\r?$/m.test(text);
  const isArticle = dataset.way === "articles" && /^ = [^=]/.test(kept[0]!.source);
  if (isMarked || isArticle) return text;
  const { lineEnd } = dataset;
  return `${text}${/\n$/.test(text) ? "" : lineEnd}<|endoftext|>${lineEnd}`;
}
