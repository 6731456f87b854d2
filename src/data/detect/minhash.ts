/**
 * How alike two texts are, from a few bytes of each: MinHash (Broder, 1997) of their shingles, which are three words in
 * a row. The share of equal minima estimates the Jaccard similarity: what share of all shingles both texts have.
 *
 * One permutation gives all minima (Li, Owen and Zhang, 2012, arXiv:1208.1259): each shingle's hash falls into one of 64
 * bins, each of which keeps its least. Bins that got none borrow another's, chosen by a hash of their own number
 * (Shrivastava, 2017, arXiv:1703.04664). Of each minimum 8 bits are kept (Li and König, 2010: b-bit minwise hashing),
 * four of them in an integer: those are the bands of locality-sensitive hashing, too. Texts of which 70 % are the same
 * have one of the 16 integers in common with a probability of 0.99, texts of which 30 % are, with 0.12.
 */
import { mixed } from "./hash.ts";
import { unitsOf } from "./units.ts";

export const bands = 16;
const bins = 64;
const noHash = 0xffffffff;
/** Shorter texts are alike too easily. */
const fewestShingles = 12;
/** Minima of texts without anything in common are equal so often. */
const byChance = 1 / 256;

const least = new Uint32Array(bins);
const filled = new Uint32Array(bins);

/** Whom an empty bin asks; the first answers, from a table. */
function lenderOf(bin: number, attempt: number): number {
  return mixed(bin * 0x10001 + (attempt + 1) * 0x9e3779b1) & (bins - 1);
}

const attempts = 8;
const lender = Uint8Array.from({ length: bins * attempts }, (_, i) =>
  lenderOf(Math.floor(i / attempts), i % attempts),
);

/** Undefined for texts too short to compare. Takes them normalised; words in different texts are in no shingle. */
export function sketchOf(texts: readonly string[]): Uint32Array | undefined {
  least.fill(noHash);
  let shingles = 0;
  for (const text of texts) shingles += addShingles(text);
  if (shingles < fewestShingles) return undefined;
  const sketch = new Uint32Array(bands);
  filled.set(least);
  for (let bin = 0; bin < bins; bin++) {
    let value = least[bin]!;
    for (let attempt = 0; value === noHash; attempt++) {
      value = filled[attempt < attempts ? lender[bin * attempts + attempt]! : lenderOf(bin, attempt)]!;
    }
    sketch[bin >> 2]! |= (value & 0xff) << ((bin & 3) << 3);
  }
  return sketch;
}

/** The estimated share of shingles that two texts have in common. */
export function similarity(a: Uint32Array, b: Uint32Array, atA = 0, atB = 0): number {
  let equal = 0;
  for (let i = 0; i < bands; i++) {
    const other = a[atA + i]! ^ b[atB + i]!;
    if ((other & 0xff) === 0) equal++;
    if ((other & 0xff00) === 0) equal++;
    if ((other & 0xff0000) === 0) equal++;
    if ((other & 0xff000000) === 0) equal++;
  }
  return Math.max(0, (equal / bins - byChance) / (1 - byChance));
}

/** @returns how many, those that stand there twice counted twice */
function addShingles(text: string): number {
  const count = wordsOf(text);
  for (let i = 2; i < count; i++) {
    const pair = Math.imul(words[i - 2]!, 0x2c1b3c6d) ^ Math.imul(words[i - 1]!, 0x297a2d39);
    const shingle = mixed(pair ^ words[i]!);
    const bin = shingle & (bins - 1);
    const value = shingle >>> 6;
    if (value < least[bin]!) least[bin] = value;
  }
  return Math.max(0, count - 2);
}

/** Puts hashes of a text's words into `words`. @returns how many */
function wordsOf(text: string): number {
  const { length } = text;
  const units = unitsOf(text);
  if (words.length <= length) words = new Int32Array(2 * length);
  let count = 0;
  let word = 0;
  for (let i = 0; i < length; i++) {
    const unit = units[i]!;
    if (unit < 0x80 ? isAsciiWord[unit] === 1 : isInWord(unit)) {
      word = Math.imul(word ^ unit, 0x5bd1e995);
      word ^= word >>> 15;
      continue;
    }
    if (word !== 0) words[count++] = word;
    word = 0;
    if (unit >= firstUnspaced && isUnspaced(unit)) {
      // Two characters for a word, overlapping.
      words[count++] = Math.imul(unit, 0x1b873593) ^ (i + 1 < length ? units[i + 1]! : 0);
    }
  }
  if (word !== 0) words[count++] = word;
  return count;
}

let words = new Int32Array(1 << 12);

const firstUnspaced = 0x0e00;

/** Scripts without blanks between words: Thai to Burmese, Khmer, kana, Chinese characters. */
function isUnspaced(unit: number): boolean {
  return (
    (unit >= 0x0e00 && unit < 0x10a0) ||
    (unit >= 0x1780 && unit < 0x1800) ||
    (unit >= 0x3041 && unit < 0x3130) ||
    (unit >= 0x3400 && unit < 0xa000)
  );
}

/** Beyond ASCII: all but blanks and punctuation, in scripts that put blanks between words. */
function isInWord(unit: number): boolean {
  if (unit < 0xc0 || (unit >= 0x2000 && unit < 0x2070) || (unit >= 0x3000 && unit < 0x3041)) return false;
  return unit < firstUnspaced || !isUnspaced(unit);
}

const isAsciiWord = Uint8Array.from({ length: 0x80 }, (_, unit) =>
  /\w/.test(String.fromCharCode(unit)) ? 1 : 0,
);
