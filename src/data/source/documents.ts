/**
 * The documents of a plain text file. Three ways to tell them apart, the first that occurs:
 * lines that hold only `<|endoftext|>`; WikiText's top headings (` = Title = `), each of which begins an article;
 * else blank lines, so that paragraphs are the rows, and a part of the file can be held out for validation.
 *
 * The state is the way, as it is for the whole text.
 */
import type { Segmenter } from "./piece.ts";

const separator = /^<\|endoftext\|>\r?$/;
const articleHeading = /^ = [^=](?:.*[^=])? = \r?$/;
type Way = "marks" | "articles" | "paragraphs";

export const documentsSegmenter: Segmenter = {
  begin(text): Way {
    if (/^<\|endoftext\|>\r?$/m.test(text)) return "marks";
    return /^ = [^=](?:.*[^=])? = \r?$/m.test(text) ? "articles" : "paragraphs";
  },

  next(text, at, state, isEnd) {
    const way = state as Way;
    const begins = (line: string) => way === "articles" && articleHeading.test(line);
    const parts = (line: string) =>
      way === "marks" ? separator.test(line) : way === "paragraphs" && line.trim() === "";
    let start: number | undefined;
    let end = at;
    for (let from = at; from < text.length; ) {
      const newline = text.indexOf("\n", from);
      if (newline < 0 && !isEnd) return undefined;
      const lineEnd = newline < 0 ? text.length : newline + 1;
      const line = text.slice(from, newline < 0 ? text.length : newline);
      const blank = line.trim() === "";
      if (parts(line)) {
        if (start !== undefined) return { piece: piece(text, at, lineEnd, start, end), state };
        return { piece: piece(text, at, lineEnd, at, at), state };
      }
      if (begins(line) && start !== undefined) return { piece: piece(text, at, from, start, end), state };
      if (!blank) {
        start ??= from;
        end = from + line.trimEnd().length;
      }
      from = lineEnd;
    }
    if (!isEnd) return undefined;
    return { piece: piece(text, at, text.length, start ?? at, start === undefined ? at : end), state };
  },
};

function piece(text: string, at: number, to: number, start: number, end: number) {
  const kind = start === end ? ("gap" as const) : ("record" as const);
  return { kind, text: text.slice(at, to), start: start - at, end: end - at, reach: 1 };
}
