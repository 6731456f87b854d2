/**
 * One cheap pass over a record's texts that says what may be in them, so that most rules need not look. It never says
 * that something is there; it may be wrong only towards suspicion.
 */
import type { Parts } from "../parts.ts";
import { mayRepeat } from "./repetition.ts";
import { unitsOf } from "./units.ts";

/** What texts may hold: bits. */
export const suspicion = {
  /** Sixteen or more letters, digits, _ and - in a row: a key, a long name, a path. */
  longWord: 1 << 0,
  at: 1 << 1,
  /** Digits enough for a card's number, or digits with . - or : behind them. */
  numbers: 1 << 2,
  /** Groups of hexadecimal digits behind colons. */
  colons: 1 << 3,
  /** `<`, `[` or `#`. */
  marks: 1 << 4,
  /** `{`. */
  brace: 1 << 5,
  backtick: 1 << 6,
  /** A text short enough to be nothing but a placeholder. */
  short: 1 << 7,
  /** An answer or plain text with many capitals, with many odd signs, or that repeats itself. */
  capitals: 1 << 8,
  signs: 1 << 9,
  repetition: 1 << 10,
} as const;

/** Below these nobody is suspected; a rule's threshold cannot be lower. */
export const leastShare = { capitals: 0.15, signs: 0.1 };
/** So many letters or characters are needed to speak of a share. */
export const leastLetters = 60;
/** No placeholder is longer. */
export const longestPlaceholder = 60;
const longWord = 16;
/** Signs that neither prose nor code, tables or lists have many of. */
export const oddSigns = "!?#$%&@~^";

// Bits of a character.
const digit = 1 << 0;
const word = 1 << 1;
const at = 1 << 2;
const mark = 1 << 3;
const brace = 1 << 4;
const backtick = 1 << 5;
const hex = 1 << 6;
const colon = 1 << 7;
const separator = 1 << 8;

const bits = new Uint16Array(128);
/** Counters that share a number, ten bits each: capitals, other letters, odd signs. */
const counters = new Int32Array(128);
/** So many characters cannot overflow one. */
const stretch = 512;

function define(characters: string, bit: number, counter = 0): void {
  for (const character of characters) {
    bits[character.charCodeAt(0)]! |= bit;
    counters[character.charCodeAt(0)]! += counter;
  }
}
define("0123456789", digit | word | hex);
define("abcdefABCDEF", hex);
define("ABCDEFGHIJKLMNOPQRSTUVWXYZ", word, 1);
define("abcdefghijklmnopqrstuvwxyz", word, 1 << 10);
define("_-", word);
define(".-:", separator);
define(":", colon);
define("@", at);
define("<[#", mark);
define("{", brace);
define("`", backtick);
define(oddSigns, 0, 1 << 20);

let lastParts: Parts | undefined;
let lastFound = 0;

/** What the texts of a record may hold. All rules ask about the same record, one after the other. */
export function suspicions(parts: Parts): number {
  if (parts === lastParts) return lastFound;
  let found = 0;
  for (const { text, side, rejected } of parts.texts) {
    found |= suspicionsOf(text, rejected !== true && (side === "assistant" || side === "text"));
  }
  lastParts = parts;
  lastFound = found;
  return found;
}

/** No branch depends on the text's letters: a processor would guess half of them wrong. */
function suspicionsOf(text: string, isLearned: boolean): number {
  const { length } = text;
  const units = unitsOf(text);
  let all = 0;
  let run = 0;
  let runs = 0;
  let digits = 0;
  let capitals = 0;
  let small = 0;
  let signs = 0;
  for (let from = 0; from < length; from += stretch) {
    const to = Math.min(length, from + stretch);
    let counted = 0;
    for (let i = from; i < to; i++) {
      const unit = units[i]!;
      if (unit > 127) {
        run = 0;
        continue;
      }
      const is = bits[unit]!;
      all |= is;
      digits += is & digit;
      counted += counters[unit]!;
      run = (run + 1) & -((is & word) >> 1);
      runs |= run;
    }
    capitals += counted & 0x3ff;
    small += (counted >> 10) & 0x3ff;
    signs += counted >> 20;
  }
  let found = length <= longestPlaceholder ? suspicion.short : 0;
  // A run passes through all lengths on its way.
  if (runs >= longWord) found |= suspicion.longWord;
  if (all & at) found |= suspicion.at;
  if (all & mark) found |= suspicion.marks;
  if (all & brace) found |= suspicion.brace;
  if (all & backtick) found |= suspicion.backtick;
  if (digits >= 4) found |= numbersIn(units, length, digits);
  if (!isLearned) return found;
  const letters = capitals + small;
  if (letters >= leastLetters && capitals > letters * leastShare.capitals) found |= suspicion.capitals;
  if (length >= leastLetters && signs > length * leastShare.signs) found |= suspicion.signs;
  if (mayRepeat(text)) found |= suspicion.repetition;
  return found;
}

function numbersIn(units: Uint16Array, length: number, digits: number): number {
  let groups = 0;
  let behindColons = 0;
  let before = 0;
  for (let i = 0; i < length; i++) {
    const unit = units[i]!;
    const is = unit > 127 ? 0 : bits[unit]!;
    if (is & separator && before & digit) groups++;
    if (is & hex && before & colon) behindColons++;
    before = is;
  }
  return (digits >= 9 || groups >= 3 ? suspicion.numbers : 0) | (behindColons >= 2 ? suspicion.colons : 0);
}
