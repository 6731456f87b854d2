/**
 * A JSON file of one value: `[ record, … ]`, or `{ "train": [ record, … ], "test": [ … ] }`. A piece is an element with
 * the comma and the blanks behind it; brackets, and what else stands around arrays, are gaps.
 *
 * Finding the elements is forgiving, so that one broken record does not hide the others: a string ends with its line
 * (JSON has no other), and where elements begin on lines of their own, the next such beginning ends one whose brackets
 * do not match. Whether an element is valid JSON is asked later, of each by itself.
 *
 * The state is "" before the first bracket, then "top" between the arrays of an object, and "end". Inside an array it is
 * `[`, the split's name in JSON (nothing where the file is one array), and the line end and blanks before the element.
 */
import type { Piece, Segmenter } from "./piece.ts";

export const arraySegmenter: Segmenter = {
  begin: () => "",
  next(text, at, state, isEnd) {
    if (state.startsWith("[")) return element(text, at, state, isEnd);
    return around(text, at, state, isEnd);
  },
};

type Next = ReturnType<Segmenter["next"]>;

/** What stands before, between and behind the arrays: up to the next array's first element. */
function around(text: string, at: number, state: string, isEnd: boolean): Next {
  const gap = (end: number, next: string, fault?: Piece["fault"]): Next => ({
    piece: {
      kind: "gap",
      text: text.slice(at, end),
      start: 0,
      end: end - at,
      reach: 1,
      ...(fault && { fault }),
    },
    state: next,
  });
  const array = (bracket: number, name: string): Next => {
    const first = nextSolid(text, bracket + 1);
    return first >= text.length && !isEnd ? undefined : gap(first, `[${name}${marginOf(text, first)}`);
  };
  const rest = (fault?: Piece["fault"]): Next => (isEnd ? gap(text.length, "end", fault) : undefined);
  if (state === "end") {
    const stray = nextSolid(text, at);
    return rest(
      stray < text.length
        ? { offset: stray - at, message: "there is more text after the end of the value" }
        : undefined,
    );
  }
  let from = nextSolid(text, at);
  if (from >= text.length) return rest(isEnd ? { offset: from - at, message: endsEarly(state) } : undefined);
  if (state === "") {
    if (text[from] === "[") return array(from, "");
    if (text[from] !== "{") {
      return rest({ offset: from - at, message: "a file of records begins with [ or {" });
    }
    from = nextSolid(text, from + 1);
  }
  for (;;) {
    if (text[from] === ",") from = nextSolid(text, from + 1);
    if (from >= text.length)
      return rest(isEnd ? { offset: from - at, message: endsEarly("top") } : undefined);
    if (text[from] === "}") return gap(from + 1, "end");
    if (text[from] !== '"') {
      return rest({ offset: from - at, message: 'a key in double quotes or "}" is expected' });
    }
    const keyEnd = stringEnd(text, from);
    const colon = nextSolid(text, keyEnd);
    const value = nextSolid(text, colon + 1);
    if (value >= text.length)
      return rest(isEnd ? { offset: value - at, message: endsEarly("top") } : undefined);
    if (text[colon] !== ":") return rest({ offset: colon - at, message: '":" is expected after the key' });
    if (text[value] === "[") return array(value, text.slice(from, keyEnd));
    const end = valueEnd(text, value, undefined);
    if (end === undefined)
      return rest(isEnd ? { offset: value - at, message: "this value has no end" } : undefined);
    from = nextSolid(text, end);
  }
}

/** One element, or the end of the array. */
function element(text: string, at: number, state: string, isEnd: boolean): Next {
  const start = nextSolid(text, at);
  if (start >= text.length) {
    if (!isEnd) return undefined;
    const fault = { offset: start - at, message: endsEarly(state) };
    return {
      piece: { kind: "gap", text: text.slice(at), start: 0, end: start - at, reach: 0, fault },
      state: "end",
    };
  }
  const [name = "", margin] = split(state);
  if (text[start] === "]") {
    const next = name === "" ? "end" : "top";
    return {
      piece: { kind: "gap", text: text.slice(at, start + 1), start: 0, end: start + 1 - at, reach: 0 },
      state: next,
    };
  }
  const end = valueEnd(text, start, margin);
  if (end === undefined && !isEnd) return undefined;
  const recordEnd = end ?? text.trimEnd().length;
  const behind = nextSolid(text, recordEnd);
  if (behind >= text.length && !isEnd) return undefined;
  const piece = (to: number, fault?: { at: number; message: string }): Next => ({
    piece: {
      kind: "record",
      text: text.slice(at, to),
      start: start - at,
      end: recordEnd - at,
      reach: 1,
      ...splitOf(name),
      ...(fault && { fault: { offset: fault.at - start, message: fault.message } }),
    },
    state: `[${name}${marginOf(text, to)}`,
  });
  if (text[behind] === ",") {
    const next = nextSolid(text, behind + 1);
    if (next >= text.length && !isEnd) return undefined;
    const isStray = text[next] === "]";
    return piece(next, isStray ? { at: behind, message: "there is no element after this comma" } : undefined);
  }
  const isSound = end === undefined || behind >= text.length || text[behind] === "]";
  return piece(behind, isSound ? undefined : { at: recordEnd, message: 'a comma or "]" is expected' });
}

/** The name of the array and, where elements stand on lines of their own, what is before this one. */
function split(state: string): [name: string, margin: string | undefined] {
  const newline = state.indexOf("\n");
  return newline < 0 ? [state.slice(1), undefined] : [state.slice(1, newline), state.slice(newline)];
}

function splitOf(name: string): { split?: string } {
  if (name === "") return {};
  try {
    return { split: JSON.parse(name) as string };
  } catch {
    return { split: name.slice(1) };
  }
}

function endsEarly(state: string): string {
  return `the text ends too early: ${state.startsWith("[") ? 'a value or "]"' : state === "" ? "[ or {" : '"}"'} is expected`;
}

/** The line end and blanks before an element that begins its line; else "". */
function marginOf(text: string, start: number): string {
  let from = start;
  while (from > 0 && (text[from - 1] === " " || text[from - 1] === "\t")) from--;
  return text[from - 1] === "\n" ? text.slice(from - 1, start) : "";
}

/** The index of the next character that is no blank; the text's length where there is none. */
function nextSolid(text: string, at: number): number {
  let i = at;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
    i++;
  }
  return i;
}

const bracketOrQuote = /["{}[\]]/g;
const scalarEnd = /[\s,\]}[{]/g;

/** Behind the value that begins at `start`; undefined where the text ends before it does. */
function valueEnd(text: string, start: number, margin: string | undefined): number | undefined {
  if (text[start] === '"') return stringEnd(text, start);
  if (text[start] !== "{" && text[start] !== "[") {
    scalarEnd.lastIndex = start + 1;
    const end = scalarEnd.exec(text);
    return end ? Math.max(end.index, start + 1) : text.length;
  }
  let depth = 0;
  for (let at = start; ; ) {
    bracketOrQuote.lastIndex = at;
    const found = bracketOrQuote.exec(text);
    if (found === null) return undefined;
    const index = found.index;
    if (found[0] === '"') {
      at = stringEnd(text, index);
      continue;
    }
    if (found[0] === "{" || found[0] === "[") {
      const isNextElement =
        index > start && margin !== undefined && found[0] === "{" && endsAt(text, margin, index);
      if (isNextElement) return text.slice(start, index).trimEnd().replace(/,$/, "").length + start;
      depth++;
    } else {
      depth--;
      if (depth === 0) return index + 1;
    }
    at = index + 1;
  }
}

function endsAt(text: string, part: string, end: number): boolean {
  return end >= part.length && text.startsWith(part, end - part.length);
}

/** Behind a string's closing quote; a string that is not closed ends with its line. */
function stringEnd(text: string, start: number): number {
  const newline = text.indexOf("\n", start);
  const limit = newline < 0 ? text.length : newline;
  for (
    let quote = text.indexOf('"', start + 1);
    quote >= 0 && quote < limit;
    quote = text.indexOf('"', quote + 1)
  ) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return limit;
}
