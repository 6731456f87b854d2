/** Digests on their way from one thread to another, in columns: objects would cost ten times as much to send. */
import { bands } from "../detect/minhash.ts";
import type { Digest } from "./digest.ts";

const numbers = [
  "content",
  "prompt",
  "answer",
  "promptLength",
  "answerLength",
  "turns",
] as const satisfies (keyof Digest)[];
const words = ["label", "system", "language", "shape", "split"] as const satisfies (keyof Digest)[];

export interface PackedDigests {
  /** `[rows, numbers]` */
  numbers: Float64Array;
  /** `[rows, words]`: places in `texts`, from 1; 0 for none. */
  words: Uint32Array;
  /** Each once, though most rows have the same. */
  texts: string[];
  /** `[rows, bands]` */
  sketches: Uint32Array;
  /** `[rows]`: 0 without a digest, 1 without a sketch, 2 with both. */
  has: Uint8Array;
}

/** Without counts of tokens, which nobody has yet. */
export function packDigests(digests: readonly (Digest | undefined)[]): PackedDigests {
  const rows = digests.length;
  const packed: PackedDigests = {
    numbers: new Float64Array(rows * numbers.length),
    words: new Uint32Array(rows * words.length),
    texts: [],
    sketches: new Uint32Array(rows * bands),
    has: new Uint8Array(rows),
  };
  const places = new Map<string, number>();
  const placeOf = (text: string): number => {
    const known = places.get(text);
    if (known !== undefined) return known;
    const place = packed.texts.push(text);
    places.set(text, place);
    return place;
  };
  for (const [row, digest] of digests.entries()) {
    if (!digest) continue;
    for (const [i, key] of numbers.entries()) packed.numbers[row * numbers.length + i] = digest[key];
    for (const [i, key] of words.entries()) {
      const text = digest[key];
      if (text !== undefined) packed.words[row * words.length + i] = placeOf(text);
    }
    packed.has[row] = digest.sketch ? 2 : 1;
    if (digest.sketch) packed.sketches.set(digest.sketch, row * bands);
  }
  return packed;
}

/** The digest of one row; undefined where it has none. */
export function unpackDigest(packed: PackedDigests, row: number): Digest | undefined {
  const has = packed.has[row]!;
  if (has === 0) return undefined;
  const n = row * numbers.length;
  const w = row * words.length;
  const text = (i: number) => packed.texts[packed.words[w + i]! - 1];
  // Written out, so that all of them are of one shape.
  return {
    content: packed.numbers[n]!,
    prompt: packed.numbers[n + 1]!,
    answer: packed.numbers[n + 2]!,
    label: text(0),
    system: text(1),
    sketch: has === 2 ? packed.sketches.slice(row * bands, (row + 1) * bands) : undefined,
    promptLength: packed.numbers[n + 3]!,
    answerLength: packed.numbers[n + 4]!,
    turns: packed.numbers[n + 5]!,
    language: text(2),
    shape: text(3) ?? "",
    split: text(4),
  };
}
