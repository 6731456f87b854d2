/** A quick hash of text for telling rows apart: 53 bits, so that it fits a number. Not for anything that is kept. */
import { unitsOf } from "./units.ts";

/**
 * Two rounds of multiply-and-rotate over UTF-16 units, mixed as MurmurHash3 ends (Appleby, public domain), in two
 * lanes. Two of a million different texts are equal by chance in one of about 20 000 files. Never 0.
 */
export function hashText(text: string): number {
  const { length } = text;
  const units = unitsOf(text);
  let a = 0x9e3779b9 ^ length;
  let b = 0x85ebca6b;
  for (let i = 0; i < length; i++) {
    const unit = units[i]!;
    a = Math.imul(a ^ unit, 0x5bd1e995);
    b = Math.imul(b ^ unit, 0x1b873593);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  return joined(a, b);
}

/** Of two hashes one, which depends on their order. */
export function hashPair(first: number, second: number): number {
  const a = Math.imul(first ^ 0x9e3779b9, 0x5bd1e995) ^ second;
  const b = Math.imul((second / 2 ** 32) ^ (first / 2 ** 21), 0x1b873593) ^ Math.imul(first, 0x2c1b3c6d);
  return joined(a ^ Math.imul(b, 0x297a2d39), b ^ Math.imul(second, 0x165667b1));
}

function joined(first: number, second: number): number {
  const a = mixed(first ^ (second >>> 7));
  const b = mixed(second ^ (a >>> 9));
  return (a & 0x1fffff) * 2 ** 32 + (b >>> 0) || 1;
}

/** MurmurHash3's finalizer: every bit depends on every other. Signed. */
export function mixed(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The same text for people: Unicode's composed form (NFKC), lower case, blanks as one space. */
export function normalised(text: string): string {
  const composed = isAscii(text) ? text : text.normalize("NFKC");
  const lower = composed.toLowerCase();
  // Single spaces between words are most blanks by far: replacing each by itself would take most of the time.
  return (unusualBlank.test(lower) ? lower.replace(unusualBlanks, " ") : lower).trim();
}

const unusualBlank = /[^\S ]|\s\s/;
const unusualBlanks = /\s{2,}|[^\S ]/g;

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant
  return /^[\x00-\x7f]*$/.test(text);
}
