/**
 * What people and other languages write where JSON has its own way: Python's literals and quotes, typographic quotes,
 * comments, commas too many or too few, line ends inside strings. Walks over such a text as a forgiving reader would, and
 * notes what to change; only what then is valid JSON counts.
 */
import { applyEdits, type TextEdit } from "./edit.ts";

export type Slip =
  | "a comma too many"
  | "a missing comma"
  | "single quotes"
  | "typographic quotes"
  | "a word of another language"
  | "a control character"
  | "an escape"
  | "a comment"
  | "a key without quotes";

export interface Repair {
  edits: readonly TextEdit[];
  slips: ReadonlySet<Slip>;
}

/** Longer records are left to people: looking at them again and again while they are typed would cost too much. */
const longest = 1024 * 1024;
const deepest = 512;

/** How to make valid JSON of it; undefined where that takes guessing. */
export function repairJson(source: string): Repair | undefined {
  if (source.length > longest) return undefined;
  const repairer = new Repairer(source);
  if (!repairer.walk() || repairer.edits.length === 0) return undefined;
  try {
    JSON.parse(applyEdits(source, repairer.edits));
  } catch {
    return undefined;
  }
  return repairer;
}

const words: Readonly<Record<string, string>> = {
  true: "true",
  false: "false",
  null: "null",
  True: "true",
  False: "false",
  TRUE: "true",
  FALSE: "false",
  None: "null",
  NULL: "null",
  nil: "null",
  undefined: "null",
  NaN: "null",
  nan: "null",
  Infinity: "null",
};
/** Closing quotes by the opening one. */
const quotes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "“": "”",
  "”": "”",
  "„": "“”",
  "‘": "’",
  "’": "’",
};

const wordPattern = /[A-Za-z_$][\w$]*/y;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const blankPattern = /[ \t\r\n]+/y;
const commentPattern = /\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|#[^\r\n]*/y;

class Repairer implements Repair {
  readonly edits: TextEdit[] = [];
  readonly slips = new Set<Slip>();
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  walk(): boolean {
    if (!this.#value(0)) return false;
    this.#blanks();
    // Lines that were cut out of an array keep its commas.
    if (this.#text[this.#at] === ",") this.#change(this.#at, ++this.#at, "", "a comma too many");
    this.#blanks();
    return this.#at === this.#text.length;
  }

  #change(start: number, end: number, text: string, slip: Slip): void {
    this.edits.push({ start, end, text });
    this.slips.add(slip);
  }

  #value(depth: number): boolean {
    this.#blanks();
    const first = this.#text[this.#at] ?? "";
    if (first === "{" || first === "[") return depth < deepest && this.#list(first, depth);
    if (Object.hasOwn(quotes, first)) return this.#string();
    if (this.#matches(numberPattern) !== undefined) return true;
    const start = this.#at;
    if (this.#text.startsWith("-Infinity", start)) {
      this.#at += 9;
      this.#change(start, this.#at, "null", "a word of another language");
      return true;
    }
    const word = this.#matches(wordPattern);
    if (word === undefined || !Object.hasOwn(words, word)) return false;
    if (words[word] !== word) this.#change(start, this.#at, words[word]!, "a word of another language");
    return true;
  }

  #list(open: "{" | "[", depth: number): boolean {
    const close = open === "{" ? "}" : "]";
    this.#at++;
    for (let isFirst = true; ; isFirst = false) {
      const behind = this.#at;
      this.#blanks();
      let comma: number | undefined;
      while (!isFirst && this.#text[this.#at] === ",") {
        if (comma !== undefined) this.#change(comma, comma + 1, "", "a comma too many");
        comma = this.#at++;
        this.#blanks();
      }
      if (this.#text[this.#at] === close) {
        if (comma !== undefined) this.#change(comma, comma + 1, "", "a comma too many");
        this.#at++;
        return true;
      }
      if (!isFirst && comma === undefined) {
        // Where nothing stands between them, it is one of them that was meant to go on.
        if (this.#at === behind) return false;
        this.#change(behind, behind, ",", "a missing comma");
      }
      if (open === "{" && !this.#key()) return false;
      if (!this.#value(depth + 1)) return false;
    }
  }

  #key(): boolean {
    const start = this.#at;
    if (Object.hasOwn(quotes, this.#text[start] ?? "")) {
      if (!this.#string()) return false;
    } else {
      const word = this.#matches(wordPattern);
      if (word === undefined) return false;
      this.#change(start, this.#at, JSON.stringify(word), "a key without quotes");
    }
    this.#blanks();
    return this.#text[this.#at++] === ":";
  }

  #string(): boolean {
    const text = this.#text;
    const open = text[this.#at]!;
    const closing = quotes[open]!;
    if (open !== '"') {
      const slip = open === "'" ? "single quotes" : "typographic quotes";
      this.#change(this.#at, this.#at + 1, '"', slip);
    }
    for (let at = this.#at + 1; at < text.length; at++) {
      const character = text[at]!;
      if (closing.includes(character) && this.#closes(open, at)) {
        if (character !== '"') this.edits.push({ start: at, end: at + 1, text: '"' });
        this.#at = at + 1;
        return true;
      }
      if (character === '"') this.edits.push({ start: at, end: at, text: "\\" });
      else if (character === "\\") at += this.#escape(at, open);
      else if (character < " ") {
        const spelled = JSON.stringify(character).slice(1, -1);
        this.#change(at, at + 1, spelled, "a control character");
      }
    }
    return false;
  }

  /** Apostrophes and typographic quotes stand inside texts, too: one that closes is followed as JSON goes on. */
  #closes(open: string, at: number): boolean {
    if (open === '"' || open === "'") return true;
    return /^[ \t\r\n]*(?:[,:}\]]|$)/.test(this.#text.slice(at + 1, at + 64));
  }

  /** How many characters of an escape follow its backslash. */
  #escape(at: number, open: string): number {
    const next = this.#text[at + 1] ?? "";
    if (next === "u" && /^[0-9a-fA-F]{4}/.test(this.#text.slice(at + 2, at + 6))) return 5;
    if (next === "x" && /^[0-9a-fA-F]{2}/.test(this.#text.slice(at + 2, at + 4))) {
      this.#change(at + 1, at + 2, "u00", "an escape");
      return 3;
    }
    if (next !== "" && '"\\/bfnrt'.includes(next)) return 1;
    if (next === "'") {
      // Python's way of an apostrophe.
      if (open === "'") this.edits.push({ start: at, end: at + 1, text: "" });
      else this.#change(at, at + 1, "", "an escape");
      return 1;
    }
    // A backslash that means itself: a path, a formula.
    this.#change(at, at, "\\", "an escape");
    return 0;
  }

  #blanks(): void {
    for (;;) {
      if (this.#matches(blankPattern) !== undefined) continue;
      const start = this.#at;
      if (this.#matches(commentPattern) === undefined) return;
      this.#change(start, this.#at, "", "a comment");
    }
  }

  #matches(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return undefined;
    this.#at = pattern.lastIndex;
    return found[0];
  }
}
