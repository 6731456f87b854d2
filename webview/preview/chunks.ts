/**
 * A row's tokens in pieces that are drawn, kept and found again one by one. What is drawn is exactly the tokens' texts:
 * marks for what cannot be seen are made by the style sheet, and are not copied. Pure.
 */
import type { PreviewToken } from "../../src/contracts/lint.ts";

/** Tokens of one chunk from `from` to before `to`; all of them are cut, or none. */
export interface Chunk {
  from: number;
  to: number;
  /** The same for the same tokens: a chunk that an edit did not touch need not be drawn anew. */
  key: string;
}

/** From so many tokens on a chunk ends with a line, from more on before any word, and at last anywhere. */
const fewest = 64;
const most = 256;
const utmost = 512;

export function chunksOf(tokens: readonly PreviewToken[]): Chunk[] {
  const chunks: Chunk[] = [];
  for (let from = 0; from < tokens.length; ) {
    let to = from + 1;
    while (to < tokens.length && !endsBefore(tokens, to, to - from)) to++;
    const keys = tokens.slice(from, to).map((token) => `${token.id} ${flagsOf(token)} ${token.text}`);
    chunks.push({ from, to, key: JSON.stringify(keys) });
    from = to;
  }
  return chunks;
}

function endsBefore(tokens: readonly PreviewToken[], at: number, size: number): boolean {
  const [before, next] = [tokens[at - 1]!, tokens[at]!];
  if (before.cut !== next.cut || size >= utmost) return true;
  if (size >= fewest && before.text.endsWith("\n")) return true;
  return size >= most && /^\s/.test(next.text);
}

function flagsOf({ trained, cut, template }: PreviewToken): number {
  return (trained ? 1 : 0) + (cut ? 2 : 0) + (template ? 4 : 0);
}

/** Tokens beside each other that share a fate. */
export interface Run {
  from: number;
  to: number;
  trained: boolean;
  cut: boolean;
}

export function runsOf(tokens: readonly PreviewToken[], { from, to }: Omit<Chunk, "key">): Run[] {
  const runs: Run[] = [];
  for (let at = from; at < to; at++) {
    const { trained, cut } = tokens[at]!;
    const last = runs.at(-1);
    if (last && last.trained === trained && last.cut === cut) last.to = at + 1;
    else runs.push({ from: at, to: at + 1, trained, cut });
  }
  return runs;
}

/** A stretch of a token's text; `mark` is what stands for it where it cannot be seen by itself. */
export interface Piece {
  text: string;
  mark?: string;
}

// Joiners are left alone: they shape the letters around them, and a mark would tear those apart.
const unseen = /(?![\u200c\u200d])[\s\p{Cc}\p{Cf}]/u;
const marks: Record<string, string> = { " ": "·", "\n": "↵", "\t": "→", "\r": "␍" };

export function piecesOf(text: string): Piece[] {
  if (text === "") return [{ text, mark: "∅" }];
  if (!unseen.test(text)) return [{ text }];
  const pieces: Piece[] = [];
  for (const character of text) {
    const last = pieces.at(-1);
    if (unseen.test(character)) pieces.push({ text: character, mark: markOf(character) });
    else if (last && last.mark === undefined) last.text += character;
    else pieces.push({ text: character });
  }
  return pieces;
}

function markOf(character: string): string {
  return marks[character] ?? `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** About so many lines of the page: how high a chunk is thought to be until it is seen. */
export function linesOf(tokens: readonly PreviewToken[], { from, to }: Omit<Chunk, "key">): number {
  let [lines, width] = [1, 0];
  for (let at = from; at < to; at++) {
    const { text } = tokens[at]!;
    width += text.length;
    if (text.includes("\n") || width > 80) {
      lines++;
      width = 0;
    }
  }
  return lines;
}
