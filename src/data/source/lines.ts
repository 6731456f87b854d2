/**
 * JSON Lines: a piece is a line. A record that was written over several lines, as pretty-printers do, is one piece, so
 * that it can be told from lines that are broken each.
 */
import { isJson } from "../../json/object.ts";
import type { Piece, Segmenter } from "./piece.ts";

/** No record is looked for over more text than this. */
const mostLines = 500;
const mostCharacters = 256 * 1024;

const openingBrace = 0x7b;
const closingBrace = 0x7d;

export const linesSegmenter: Segmenter = {
  begin: () => "",

  next(text, at, state, isEnd) {
    const newline = text.indexOf("\n", at);
    if (newline < 0 && !isEnd) return undefined;
    const end = newline < 0 ? text.length : newline + 1;
    const line = text.slice(at, end);
    // As nearly every line is: an object from its first character to its last.
    const last = newline < 0 ? line.length : newline - at;
    if (text.charCodeAt(at) === openingBrace && line.charCodeAt(last - 1) === closingBrace) {
      return { piece: { kind: "record", text: line, start: 0, end: last, reach: 0 }, state };
    }
    const start = line.search(/[^ \t\r\n]/);
    if (start < 0)
      return {
        piece: { kind: "gap", text: line, start: 0, end: line.replace(/\r?\n$/, "").length, reach: 0 },
        state,
      };
    const trimmed = endOf(line);
    const single: Piece = { kind: "record", text: line, start, end: trimmed, reach: 0 };
    // Nearly every line: one that ends as objects end is not continued on the next.
    if (line[trimmed - 1] === "}" || newline < 0 || !"{[".includes(line[start]!))
      return { piece: single, state };
    const spread = spreadRecord(text, at, start, isEnd);
    if (spread === undefined) return undefined;
    if (spread.end === undefined) return { piece: { ...single, reach: spread.seen - end }, state };
    const whole = text.slice(at, spread.end);
    return {
      piece: {
        kind: "record",
        text: whole,
        start,
        end: endOf(whole),
        reach: spread.seen - spread.end,
      },
      state,
    };
  },
};

/**
 * Looks for the end of a record that begins on this line and ends on a later one.
 *
 * @returns `end` behind its last line, absent where there is none; undefined where more text is needed to tell
 */
function spreadRecord(
  text: string,
  at: number,
  start: number,
  isEnd: boolean,
): { end?: number; seen: number } | undefined {
  let depth = 0;
  let lineStart = at;
  for (let lines = 0; lines < mostLines && lineStart - at < mostCharacters; lines++) {
    const newline = text.indexOf("\n", lineStart);
    if (newline < 0 && !isEnd) return undefined;
    const lineEnd = newline < 0 ? text.length : newline + 1;
    // Inside a record that is set out over lines, nothing begins at the margin but its end.
    if (lines > 0 && text.startsWith("{", lineStart)) return { seen: lineEnd };
    const change = depthChange(text.slice(lineStart, lineEnd));
    if (change === undefined) return { seen: lineEnd };
    depth += change;
    if (depth <= 0) {
      const isRecord = lines > 0 && isJson(text.slice(at + start, lineEnd));
      return isRecord ? { end: lineEnd, seen: lineEnd } : { seen: lineEnd };
    }
    if (newline < 0) return { seen: lineEnd };
    lineStart = lineEnd;
  }
  return { seen: lineStart };
}

/** How much deeper the brackets of a line lead; undefined where a string does not end on it. */
function depthChange(line: string): number | undefined {
  let depth = 0;
  for (const [token] of line.matchAll(/"(?:[^"\\]|\\.)*"|"|[{}[\]]/g)) {
    if (token === '"') return undefined;
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
  }
  return depth;
}

/** Behind the last character that is no blank to JSON, which knows four of them. */
function endOf(text: string): number {
  let end = text.length;
  while (end > 0 && " \t\r\n".includes(text[end - 1]!)) end--;
  return end;
}
