/**
 * Token ids with the part of the text that each stands for. Places are asked of the library one at a time as long as
 * few are wanted: copying those of all tokens takes longer than tokenizing.
 */
import type { Encoding } from "tokenizers";

/** Counting in UTF-16 units, as everything here does. */
interface Places {
  starts: number[];
  ends: number[];
}

/** So many questions cost as much as having all places at once. */
const mostQuestions = 12;

/**
 * Token `i` stands for `text.slice(starts[i], ends[i])`. Blank characters that a tokenizer leaves out of its offsets
 * belong to the token after them, so no gap remains before the last token. Tokens of one character in several bytes
 * share its place.
 */
export class Encoded {
  readonly ids: number[];
  readonly #native: Encoding;
  readonly #text: string;
  /** A token that is none of the text's stands at the end. */
  readonly #isEndAppended: boolean;
  #questions = 0;
  #places: Places | undefined;

  /** @param inCharacters the library's places are not ours: it counts code points, or has added tokens of its own */
  constructor(native: Encoding, text: string, inCharacters: boolean, appended?: number) {
    this.#native = native;
    this.#text = text;
    this.ids = native.getIds();
    this.#isEndAppended = appended !== undefined;
    if (appended !== undefined) this.ids.push(appended);
    if (inCharacters) this.#questions = mostQuestions;
  }

  /** With one more token, which stands for nothing. */
  with(id: number): Encoded {
    return new Encoded(this.#native, this.#text, this.#questions >= mostQuestions, id);
  }

  get starts(): number[] {
    return this.#located().starts;
  }

  get ends(): number[] {
    return this.#located().ends;
  }

  /** The first token that reaches beyond a place; the number of tokens where none does. */
  beyond(place: number): number {
    if (this.#isLocated()) {
      const found = this.#places!.ends.findIndex((end) => end > place);
      return found < 0 ? this.ids.length : found;
    }
    const found = this.#at(place);
    return found === this.#own && this.#text.length <= place ? this.ids.length : found;
  }

  /** The tokens that stand, at least in part, for a stretch: from `start` to before `end`. */
  over(stretch: { start: number; end: number }): { start: number; end: number } {
    const start = this.beyond(stretch.start);
    return { start, end: Math.max(start, this.#before(stretch.end)) };
  }

  /** How many tokens begin before a place, not counting an appended one. */
  #before(place: number): number {
    if (this.#isLocated()) {
      const { starts } = this.#places!;
      let count = this.#own;
      while (count > 0 && starts[count - 1]! >= place) count--;
      return count;
    }
    if (place <= 0) return 0;
    let count = Math.min(this.#at(place - 1) + 1, this.#own);
    while (count < this.#own && (this.#native.tokenToChars(count)?.[0] ?? place) < place) count++;
    return count;
  }

  /** The first of the text's tokens that reaches beyond a place; the number of them where none does. */
  #at(place: number): number {
    let found: number | null = null;
    for (let at = place; at < this.#text.length && found === null; at++) found = this.#native.charToToken(at);
    let token = found ?? this.#own;
    // Of a token that is all blanks the library may keep nothing but where it ends.
    while (token > 0 && this.#native.tokenToChars(token - 1)![1] > place) token--;
    return token;
  }

  get #own(): number {
    return this.ids.length - (this.#isEndAppended ? 1 : 0);
  }

  #isLocated(): boolean {
    if (this.#places === undefined && this.#questions++ >= mostQuestions) this.#located();
    return this.#places !== undefined;
  }

  #located(): Places {
    this.#places ??= placesOf(this.#native, this.#text);
    if (this.#places.ends.length < this.ids.length) {
      this.#places.starts.push(this.#text.length);
      this.#places.ends.push(this.#text.length);
    }
    return this.#places;
  }
}

/** The library counts in characters (code points), from 0 for tokens its post-processor added. */
function placesOf(native: Encoding, text: string): Places {
  const offsets = native.getOffsets();
  const added = native.getSpecialTokensMask();
  const unit = unitsOf(text);
  const starts = new Array<number>(offsets.length);
  const ends = new Array<number>(offsets.length);
  let reached = 0;
  for (let i = 0; i < offsets.length; i++) {
    const [from, to] = offsets[i] as [number, number];
    starts[i] = added[i] ? reached : Math.min(unit(from), reached);
    ends[i] = added[i] ? reached : Math.max(unit(to), starts[i]!);
    reached = Math.max(reached, ends[i]!);
  }
  return { starts, ends };
}

/** Whether characters take two units somewhere. */
export function hasAstral(text: string): boolean {
  return /[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(text);
}

/** Maps a character's number to its place in UTF-16 units; the same unless the text has astral characters. */
function unitsOf(text: string): (character: number) => number {
  if (!hasAstral(text)) return (character) => character;
  const units: number[] = [];
  let unit = 0;
  for (const character of text) {
    units.push(unit);
    unit += character.length;
  }
  return (character) => units[character] ?? text.length;
}
