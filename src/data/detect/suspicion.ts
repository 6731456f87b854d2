/**
 * One cheap pass over a record's texts that says what may be in them, so that most rules need not look. It never says
 * that something is there; it may be wrong only towards suspicion.
 */
import type { Parts } from "../parts.ts";
import { mayRepeat } from "./repetition.ts";
import { unitsOf } from "./units.ts";

/** What texts may hold: bits. */
export const suspicion = {
  /** Sixteen or more letters, digits, _, - and : in a row: a key, a long name, a path. */
  longWord: 1 << 0,
  at: 1 << 1,
  /** Digits enough for a card's number, or four groups of them as addresses have. */
  numbers: 1 << 2,
  /** Hexadecimal digits behind colons or dashes, as addresses of machines have. */
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

// Bits of a character, and above them three counters of seven bits: capitals, other letters, odd signs.
const digit = 1 << 0;
const word = 1 << 1;
const at = 1 << 2;
const mark = 1 << 3;
const brace = 1 << 4;
const backtick = 1 << 5;
const hex = 1 << 6;
const separator = 1 << 7;
const numeral = 1 << 8;
const counters = 9;
const capital = 1 << 9;
const small = 1 << 16;
const sign = 1 << 23;
/** So many characters cannot overflow a counter. */
const stretch = 127;
const blank = 32;

const bits = new Int32Array(128);

function define(characters: string, bit: number): void {
  for (const character of characters) bits[character.charCodeAt(0)]! |= bit;
}
define("0123456789", digit | word | hex);
define("abcdefABCDEF", hex);
define("ABCDEFGHIJKLMNOPQRSTUVWXYZ", word | capital);
define("abcdefghijklmnopqrstuvwxyz", word | small);
// With the colon, addresses of machines are long words, too.
define("_-:", word);
define(" .-()/", separator);
// Of what numbers of persons are written with.
define("0123456789 .-()/+", numeral);
define("@", at);
define("<[#", mark);
define("{", brace);
define("`", backtick);
define(oddSigns, sign);

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
  let words = 0;
  let longestWord = 0;
  let numerals = 0;
  let longestNumerals = 0;
  let capitals = 0;
  let letters = 0;
  let signs = 0;
  for (let from = 0; from < length; from += stretch) {
    const to = Math.min(length, from + stretch);
    let counted = 0;
    for (let i = from; i < to; i++) {
      const unit = units[i]!;
      if (unit > 127) {
        words = 0;
        numerals = 0;
        continue;
      }
      const is = bits[unit]!;
      all |= is;
      counted += is >> counters;
      words = (words + 1) & -((is & word) >> 1);
      longestWord |= words;
      numerals = (numerals + 1) & -((is & numeral) >> 8);
      longestNumerals |= numerals;
    }
    const capitalsHere = counted & 0x7f;
    capitals += capitalsHere;
    letters += capitalsHere + ((counted >> 7) & 0x7f);
    signs += counted >> 14;
  }
  let found = length <= longestPlaceholder ? suspicion.short : 0;
  // A run passes through all lengths on its way, so that no bit of the longest is missed.
  if (longestWord >= longWord) found |= suspicion.longWord;
  if (all & at) found |= suspicion.at;
  if (all & mark) found |= suspicion.marks;
  if (all & brace) found |= suspicion.brace;
  if (all & backtick) found |= suspicion.backtick;
  if (all & digit && (longestNumerals >= 8 || longestWord >= longWord)) found |= numbersIn(units, length);
  if (!isLearned) return found;
  if (letters >= leastLetters && capitals > letters * leastShare.capitals) found |= suspicion.capitals;
  if (length >= leastLetters && signs > length * leastShare.signs) found |= suspicion.signs;
  if (mayRepeat(text)) found |= suspicion.repetition;
  return found;
}

/** Cards, accounts, phones and addresses have nine digits or four groups with nothing but signs between them. */
function numbersIn(units: Uint16Array, length: number): number {
  let found = 0;
  let digits = 0;
  let groups = 0;
  let between = 0;
  let behindColons = 0;
  let behindDashes = 0;
  let before = 0;
  for (let i = 0; i < length; i++) {
    const unit = units[i]!;
    const is = unit > 127 ? 0 : bits[unit]!;
    if (is & digit) {
      digits++;
      between = 0;
      if (digits >= 9 || groups >= 3) found |= suspicion.numbers;
    } else if (is & separator && between < 2) {
      if (between++ === 0 && unit !== blank) groups++;
    } else {
      digits = 0;
      groups = 0;
      between = 2;
    }
    if (is & hex) {
      if (before === 58) behindColons++;
      else if (before === 45) behindDashes++;
    }
    before = unit;
  }
  return behindColons >= 2 || behindDashes >= 5 ? found | suspicion.colons : found;
}
