/**
 * Where each value and key of a JSON text stands (RFC 8259), so that an error about a setting can say line and column.
 * Positions are keyed by JSON pointer (RFC 6901), which is also what ajv names its errors by.
 */
import { TunesmithError } from "../protocol/errors.ts";

/** Offsets into the text. A member's `key` is its name's first quote; an array's element and the root have none. */
export interface Place {
  key?: number;
  value: number;
}

/** Deeper than any file of ours; keeps a hostile file from exhausting the stack. */
const deepest = 64;

/** White space, then one token; an unclosed string or a stray character matches nothing. */
const tokenPattern =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside a string.
  /[ \t\r\n]*("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[[\]{},:])/y;

/**
 * Parses JSON and finds the place of everything in it.
 *
 * @param source the file's name for error messages
 * @throws `recipe-invalid` naming line and column of the first thing that is not JSON, or of a key that stands twice
 */
export function parseWithPlaces(
  text: string,
  source: string,
): { value: unknown; places: Map<string, Place> } {
  const places = new Map<string, Place>();
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;

  const fail = (offset: number, what: string): never => {
    throw new TunesmithError(
      "recipe-invalid",
      `${source}:${lineAndColumn(text, offset)}: ${what}`,
      "Correct the JSON there; comments and commas before a closing bracket are not allowed.",
    );
  };
  const skipSpace = () => {
    while (" \t\r\n".includes(text[at] ?? "x")) at++;
  };
  /** Takes the next token if it starts with one of `starts`; else says what was expected. */
  const take = (starts: string, expected: string): string => {
    skipSpace();
    tokenPattern.lastIndex = at;
    const token = tokenPattern.exec(text)?.[1];
    if (token === undefined || !starts.includes(token[0]!)) {
      const found = at >= text.length ? "the file ends" : `found ${JSON.stringify(text[at])}`;
      return fail(at, `expected ${expected}, but ${found}`);
    }
    at = tokenPattern.lastIndex;
    return token;
  };

  const scanValue = (pointer: string, key: number | undefined, depth: number): void => {
    skipSpace();
    if (depth > deepest) fail(at, `nested more than ${deepest} levels deep`);
    places.set(pointer, key === undefined ? { value: at } : { key, value: at });
    const token = take('"-0123456789tfn{[', "a value");
    if (token === "{") scanMembers(pointer, depth);
    if (token === "[") scanElements(pointer, depth);
  };
  const scanMembers = (pointer: string, depth: number): void => {
    skipSpace();
    if (text[at] === "}") return void at++;
    do {
      skipSpace();
      const keyAt = at;
      const name = JSON.parse(take('"', 'a key in double quotes or "}"')) as string;
      const member = `${pointer}/${escapePointer(name)}`;
      if (places.has(member)) fail(keyAt, `"${name}" stands here a second time`);
      take(":", 'a ":" after the key');
      scanValue(member, keyAt, depth + 1);
    } while (take(",}", '"," or "}"') === ",");
  };
  const scanElements = (pointer: string, depth: number): void => {
    skipSpace();
    if (text[at] === "]") return void at++;
    let index = 0;
    do scanValue(`${pointer}/${index++}`, undefined, depth + 1);
    while (take(",]", '"," or "]"') === ",");
  };

  const start = at;
  scanValue("", undefined, 0);
  skipSpace();
  if (at < text.length) fail(at, `expected the end of the file, but found ${JSON.stringify(text[at])}`);
  return { value: JSON.parse(text.slice(start)), places };
}

/** One name of a JSON pointer, escaped. */
export function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** "line:column", both counted from 1, columns in UTF-16 units as editors show them. */
export function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  return `${line}:${offset - lineStart + 1}`;
}
