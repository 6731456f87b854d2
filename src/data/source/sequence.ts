/** JSON values in a row, as they stand on a line that should hold one, or in an array. */
import { scanJson } from "../../json/scan.ts";
import type { Stretch } from "./locate.ts";

/**
 * The values of a text that holds several, one behind the other: with nothing, blanks or a comma between them.
 *
 * @returns undefined where it holds anything else, or less than two
 */
export function valuesInSequence(source: string): Stretch[] | undefined {
  const values: Stretch[] = [];
  for (let at = solidFrom(source, 0); at < source.length; ) {
    let end: number | undefined;
    scanJson(source.slice(at), {
      leave(path, _start, valueEnd) {
        if (path.length === 0) end = at + valueEnd;
      },
    });
    if (end === undefined) return undefined;
    values.push({ start: at, end });
    at = solidFrom(source, end);
    if (source[at] === ",") at = solidFrom(source, at + 1);
  }
  return values.length > 1 ? values : undefined;
}

/** The elements of a JSON array. */
export function elementsOf(source: string): Stretch[] {
  const elements: Stretch[] = [];
  scanJson(source, {
    leave(path, start, end) {
      if (path.length === 1) elements.push({ start, end });
    },
  });
  return elements;
}

/** Valid JSON without its line ends; all else stays as it is written. */
export function onOneLine(source: string): string {
  if (!source.includes("\n") && !source.includes("\r")) return source;
  let text = "";
  let at = 0;
  // Strings are passed over: those of valid JSON hold no line end.
  for (const found of source.matchAll(/"(?:[^"\\]|\\.)*"|[ \t\r\n]+/g)) {
    if (found[0][0] === '"' || !/[\r\n]/.test(found[0])) continue;
    text += source.slice(at, found.index);
    at = found.index + found[0].length;
    const isAtBracket = "{[".includes(source[found.index - 1] ?? "{") || "}]".includes(source[at] ?? "}");
    if (!isAtBracket) text += " ";
  }
  return text + source.slice(at);
}

function solidFrom(text: string, at: number): number {
  let i = at;
  while (i < text.length && " \t\r\n".includes(text[i]!)) i++;
  return i;
}
