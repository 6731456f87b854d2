/**
 * Walks over JSON text (RFC 8259) without building values: finds the first character that is wrong, and where each
 * value begins and ends. `JSON.parse` says neither reliably: its messages differ between Node versions. Time is linear
 * in the text, whatever stands in it; nesting is bounded, so that no text exhausts the stack.
 */

/** Deeper nesting than any file of ours has; beyond it the text counts as wrong. */
const deepest = 512;

/** The first thing that is wrong; `message` is the end of a sentence: `a comma or "]" is expected`. */
export class JsonFault extends Error {
  /** UTF-16 offset of the first character that cannot stand there; the text's length where it ends too early. */
  readonly offset: number;

  constructor(offset: number, problem: string) {
    super(problem);
    this.name = "JsonFault";
    this.offset = offset;
  }
}

/** The names and indices that lead to a value from the whole text's; valid during the call, copy it to keep it. */
export type JsonPath = readonly (string | number)[];

/** What hears of the values on the way. It may throw a `JsonFault` where a rule of its own is broken. */
export interface JsonVisitor {
  /** Before a value; `key` is where the name of a member begins. */
  enter?(path: JsonPath, start: number, key: number | undefined): void;
  /** After a value and all that it holds. */
  leave?(path: JsonPath, start: number, end: number): void;
}

/** Scans one JSON value with blanks around it. Returns the fault, or undefined where there is none. */
export function scanJson(text: string, visitor: JsonVisitor = {}): JsonFault | undefined {
  try {
    new Scanner(text, visitor).scan();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof JsonFault) return thrown;
    throw thrown;
  }
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wordPattern = /true|false|null/y;
const escapePattern = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class Scanner {
  #at = 0;
  readonly #text: string;
  readonly #visitor: JsonVisitor;
  readonly #path: (string | number)[] = [];

  constructor(text: string, visitor: JsonVisitor) {
    this.#text = text;
    this.#visitor = visitor;
  }

  scan(): void {
    this.#value(undefined);
    this.#blanks();
    if (this.#at < this.#text.length)
      throw new JsonFault(this.#at, "there is more text after the end of the value");
  }

  #value(key: number | undefined, expected = "a value"): void {
    this.#blanks();
    const start = this.#at;
    this.#visitor.enter?.(this.#path, start, key);
    const first = this.#text[start];
    if (first === "{") this.#object();
    else if (first === "[") this.#array();
    else if (first === '"') this.#string();
    else if (!this.#matches(numberPattern) && !this.#matches(wordPattern)) throw this.#unexpected(expected);
    this.#visitor.leave?.(this.#path, start, this.#at);
  }

  #object(): void {
    this.#open();
    if (this.#skip("}")) return;
    const depth = this.#path.length;
    let expected = 'a key in double quotes or "}"';
    do {
      this.#blanks();
      if (this.#text[this.#at] !== '"') throw this.#unexpected(expected);
      expected = "a key in double quotes";
      const start = this.#at;
      this.#string();
      const name = this.#text.slice(start + 1, this.#at - 1);
      this.#path[depth] = name.includes("\\") ? (JSON.parse(`"${name}"`) as string) : name;
      if (!this.#skip(":")) throw this.#unexpected('":"', "after the key");
      this.#value(start);
    } while (this.#skip(","));
    this.#path.length = depth;
    if (!this.#skip("}")) throw this.#unexpected('a comma or "}"');
  }

  #array(): void {
    this.#open();
    if (this.#skip("]")) return;
    const depth = this.#path.length;
    let index = 0;
    do {
      this.#path[depth] = index;
      this.#value(undefined, index++ === 0 ? 'a value or "]"' : "a value");
    } while (this.#skip(","));
    this.#path.length = depth;
    if (!this.#skip("]")) throw this.#unexpected('a comma or "]"');
  }

  #open(): void {
    if (this.#path.length >= deepest)
      throw new JsonFault(this.#at, `values are nested deeper than ${deepest} levels`);
    this.#at++;
  }

  #string(): void {
    const start = this.#at++;
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x22) break;
      if (code === 0x5c) {
        if (!this.#matches(escapePattern)) throw new JsonFault(this.#at, "this is no escape that JSON knows");
        this.#at--;
      } else if (Number.isNaN(code)) {
        throw new JsonFault(start, "this string is not closed");
      } else if (code < 0x20) {
        const spelled = JSON.stringify(String.fromCharCode(code)).slice(1, -1);
        throw new JsonFault(this.#at, `a string may not hold this control character; write ${spelled}`);
      }
    }
    this.#at++;
  }

  /** Moves past what the sticky pattern matches here. */
  #matches(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  /** Moves past blanks and then `character`, if it stands there. */
  #skip(character: string): boolean {
    this.#blanks();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #blanks(): void {
    while (" \t\r\n".includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  #unexpected(expected: string, where = ""): JsonFault {
    const wanted = `${expected} is expected${where && ` ${where}`}`;
    const found = this.#text.codePointAt(this.#at);
    if (found === undefined) return new JsonFault(this.#at, `the text ends too early: ${wanted}`);
    const character = String.fromCodePoint(found);
    const shown = character === '"' ? `'"'` : JSON.stringify(character);
    return new JsonFault(this.#at, `unexpected ${shown}: ${wanted}`);
  }
}
