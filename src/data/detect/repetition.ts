/**
 * How much of a text stands in it more than once: by runs of ten words, counted as Data-Juicer's
 * word_repetition_filter does, or by runs of ten characters where blanks do not part words. One pass, whatever the
 * text.
 */
import { unitsOf } from "./units.ts";

export interface Repetition {
  /** Of all runs, those that stand there more than once; 0 to 1, and 0 for a short text. */
  share: number;
  /** Where the first one stands for the second time, in UTF-16 units; -1 where none does. */
  start: number;
}

const none: Repetition = { share: 0, start: -1 };

const runLength = 10;
const leastCharacters = 100;
const probe = 24;
const leastWords = 30;
/** The beginning of a longer text says enough. */
const mostUnits = 1 << 15;
/** Above this mean length, what stands between blanks is no word. */
const longestMean = 20;

/** Open addressing: the runs' hashes, and whether each came again. Kept, as every text would need another one. */
let table = new Int32Array(0);
let cameAgain = new Uint8Array(0);
let tableMask = 0;
/** Hashes and beginnings of the last words. */
const ring = new Int32Array(16);
const starts = new Int32Array(16);

const factor = 0x01000193;
/** With what a word has been multiplied when it leaves the run. */
let leaving = 1;
for (let i = 0; i < runLength; i++) leaving = Math.imul(leaving, factor);

/**
 * A look at two places: whether what stands there stood there before. A text that ends in a loop, or says everything
 * twice, is found at the first.
 */
export function mayRepeat(text: string): boolean {
  const { length } = text;
  if (length < leastCharacters) return false;
  return stoodBefore(text, length - probe) || stoodBefore(text, (length * 0.7 - probe) | 0);
}

function stoodBefore(text: string, at: number): boolean {
  return text.indexOf(text.slice(at, at + probe)) < at;
}

export function repetitionOf(text: string): Repetition {
  const { length } = text;
  if (length < leastCharacters) return none;
  const units = unitsOf(text);
  const words = countRuns(units, length, false);
  const parted = words.units * longestMean >= Math.min(length, mostUnits * longestMean);
  if (parted && words.units < leastWords) return none;
  const runs = parted ? words : countRuns(units, length, true);
  if (runs.units < leastWords) return none;
  return { share: runs.repeated / (runs.units - runLength + 1), start: runs.start };
}

/** Units are words, or all characters but blanks. */
function countRuns(text: Uint16Array, length: number, byCharacter: boolean) {
  clearTable(Math.min(mostUnits, byCharacter ? length : length >> 1));
  ring.fill(0);
  let units = 0;
  let repeated = 0;
  let start = -1;
  let run = 0;
  let hash = 0;
  for (let i = 0; i <= length && units < mostUnits; i++) {
    const code = i < length ? text[i]! : 32;
    const isBlank = code <= 32 || code === 0xa0 || code === 0x3000;
    if (!isBlank) {
      if (hash === 0) starts[units & 15] = i;
      hash = Math.imul(hash ^ code, 0x5bd1e995) | 1;
      hash ^= hash >>> 15;
      if (!byCharacter) continue;
    }
    if (hash === 0) continue;
    const oldest = (units - runLength) & 15;
    run = (Math.imul(run, factor) + hash - Math.imul(leaving, ring[oldest]!)) | 0;
    ring[units & 15] = hash;
    hash = 0;
    if (++units < runLength) continue;
    const times = occurrence(run);
    repeated += times;
    if (times > 0 && start < 0) start = starts[(units - runLength) & 15]!;
  }
  return { units, repeated, start };
}

function clearTable(units: number): void {
  let size = 1 << 8;
  while (size < units * 2) size *= 2;
  if (table.length < size) {
    table = new Int32Array(size);
    cameAgain = new Uint8Array(size);
  } else {
    table.fill(0, 0, size);
  }
  tableMask = size - 1;
}

/** 0 for a run that is new, 2 for one that comes for the second time (it and the first one), then 1. */
function occurrence(run: number): number {
  const key = run || 1;
  let slot = Math.imul(key ^ (key >>> 15), 0x9e3779b1) & tableMask;
  while (table[slot] !== 0 && table[slot] !== key) slot = (slot + 1) & tableMask;
  if (table[slot] === 0) {
    table[slot] = key;
    cameAgain[slot] = 0;
    return 0;
  }
  if (cameAgain[slot] === 1) return 1;
  cameAgain[slot] = 1;
  return 2;
}
