/**
 * Walks over JSON text (RFC 8259) without building values: finds the first character that is wrong, and where each
 * value begins and ends. `JSON.parse` says neither reliably: its messages differ between Node versions.
 */

/** Deeper nesting than any record has; beyond it the text counts as wrong. */
const deepest = 512;

export interface JsonFault {
  /** UTF-16 offset of the first character that cannot stand there; the text's length where it ends too early. */
  offset: number;
  /** What is wrong, as the end of a sentence: `a comma or "]" is expected`. */
  problem: string;
}

/** Called for each value after its last character. `depth` 0 is the whole text's value; `key` is a member's name. */
export type ValueVisitor = (value: { depth: number; start: number; end: number; key?: string }) => void;

/** Scans one JSON value with blanks around it. Returns the fault, or undefined where there is none. */
export function scanJson(text: string, visit: ValueVisitor = () => {}): JsonFault | undefined {
  try {
    new Scanner(text, visit).scan();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Fault) return { offset: thrown.offset, problem: thrown.message };
    throw thrown;
  }
}

class Fault extends Error {
  readonly offset: number;
  constructor(offset: number, problem: string) {
    super(problem);
    this.offset = offset;
  }
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wordPattern = /true|false|null/y;
const escapePattern = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class Scanner {
  #at = 0;
  readonly #text: string;
  readonly #visit: ValueVisitor;

  constructor(text: string, visit: ValueVisitor) {
    this.#text = text;
    this.#visit = visit;
  }

  scan(): void {
    this.#value(0, undefined);
    this.#blanks();
    if (this.#at < this.#text.length)
      throw new Fault(this.#at, "there is more text after the end of the value");
  }

  #value(depth: number, key: string | undefined): void {
    this.#blanks();
    const start = this.#at;
    const first = this.#text[start];
    if (first === "{") this.#object(depth);
    else if (first === "[") this.#array(depth);
    else if (first === '"') this.#string();
    else this.#scalar();
    this.#visit({ depth, start, end: this.#at, ...(key !== undefined && { key }) });
  }

  #object(depth: number): void {
    this.#open(depth);
    if (this.#skip("}")) return;
    do {
      this.#blanks();
      if (this.#text[this.#at] !== '"') throw this.#unexpected("a key in double quotes is expected");
      const start = this.#at;
      this.#string();
      const key = JSON.parse(this.#text.slice(start, this.#at)) as string;
      if (!this.#skip(":")) throw this.#unexpected('":" is expected after the key');
      this.#value(depth + 1, key);
    } while (this.#skip(","));
    if (!this.#skip("}")) throw this.#unexpected('a comma or "}" is expected');
  }

  #array(depth: number): void {
    this.#open(depth);
    if (this.#skip("]")) return;
    do this.#value(depth + 1, undefined);
    while (this.#skip(","));
    if (!this.#skip("]")) throw this.#unexpected('a comma or "]" is expected');
  }

  #open(depth: number): void {
    if (depth >= deepest) throw new Fault(this.#at, `values are nested deeper than ${deepest} levels`);
    this.#at++;
  }

  #string(): void {
    const start = this.#at++;
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x22) break;
      if (code === 0x5c) {
        if (!this.#matches(escapePattern)) throw new Fault(this.#at, "this is no escape that JSON knows");
        this.#at--;
      } else if (Number.isNaN(code)) {
        throw new Fault(start, "this string is not closed");
      } else if (code < 0x20) {
        const spelled = JSON.stringify(String.fromCharCode(code)).slice(1, -1);
        throw new Fault(this.#at, `a string may not hold this control character; write ${spelled}`);
      }
    }
    this.#at++;
  }

  #scalar(): void {
    if (!this.#matches(numberPattern) && !this.#matches(wordPattern))
      throw this.#unexpected("a value is expected");
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

  #unexpected(expected: string): Fault {
    const found = this.#text.codePointAt(this.#at);
    if (found === undefined) return new Fault(this.#at, `the text ends too early: ${expected}`);
    return new Fault(this.#at, `unexpected ${JSON.stringify(String.fromCodePoint(found))}: ${expected}`);
  }
}

/** Line and column, both from 1, of a UTF-16 offset. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}
