/**
 * The bundled model's weights before training. Attention starts from patterns that trained models are known to form, so
 * that little data suffices ("mimetic initialization", A. Trockman and J. Z. Kolter, arXiv:2305.09828):
 *
 * - One half of a state holds the word itself, the other half starts the same for all words.
 * - The first layer's heads look a few words back and write what they find into the other half: what was just said.
 * - The other layers' queries and keys read that half, and start equal: they look for places where the same was said. Their
 *   values pass on the word that stands there.
 *
 * Everything is trained from there; nothing is kept as it started.
 */
import type { DecoderConfig } from "../../src/architectures/config.ts";
import { parameterShapes } from "../../src/architectures/layout.ts";
import { Random } from "../../src/random/random.ts";

const deviation = 0.05;

/** The first layer's heads, two by two: rotary frequencies in use, how far back they look most, how sharply. */
const lookingBack = [
  { first: 1, end: 5, back: 1.5, sharpness: 12 },
  { first: 3, end: 7, back: 5, sharpness: 12 },
];
/** Rotary frequencies that hardly turn within a prompt: those the other layers compare by. */
const firstSlow = 6;

export function initialWeights(config: DecoderConfig, seed: number): (name: string) => Float32Array {
  const { hiddenSize: width, heads, headDim } = config;
  const half = width / 2;
  const pairs = headDim / 2;
  const shapes = parameterShapes(config);
  const constant = new Random(seed, "tiny", "constant");
  const common = Float32Array.from({ length: half }, () => (constant.uniform() < 0.5 ? -1 : 1));

  return (name) => {
    const shape = shapes.get(name)!;
    if (shape.length === 1) return new Float32Array(shape[0]!).fill(1);
    const layer = Number(/layers\.(\d+)\./.exec(name)?.[1] ?? -1);
    const random = new Random(seed, "tiny", name);
    const fill = (value: (row: number, column: number) => number) =>
      Float32Array.from({ length: shape[0]! * shape[1]! }, (_, i) =>
        value(Math.floor(i / shape[1]!), i % shape[1]!),
      );
    const isWord = (index: number) => index < half;

    if (name.includes("embed_tokens"))
      return fill((_, i) => deviation * (isWord(i) ? random.normal() : common[i - half]!));
    if (/[qk]_proj/.test(name) && layer === 0) {
      return fill((row, i) => (isWord(i) ? 0 : lookBack(row, name.includes("k_proj")) * common[i - half]!));
    }
    if (/[qk]_proj/.test(name)) {
      const comparing = compare(layer);
      return fill((row, i) => (isWord(i) ? 0 : comparing[row * half + i - half]!));
    }
    // Two heads together pass on the whole of a word.
    const passing = [0, 1].map((pair) => rotation(half, new Random(seed, "tiny", "passing", layer, pair)));
    const turned = (row: number, i: number) => passing[Math.floor(row / half)]![(row % half) * half + i]!;
    if (name.includes("v_proj")) return fill((row, i) => (isWord(i) ? turned(row, i) : 0));
    if (name.includes("o_proj")) {
      const scale = layer === 0 ? 0.1 : 0.05;
      return fill((i, column) =>
        isWord(i) === layer > 0 ? scale * turned(column, isWord(i) ? i : i - half) : 0,
      );
    }
    const share = name.includes("down_proj") ? 0.05 : 1;
    return fill(() => (random.normal() * share) / Math.sqrt(shape[1]!));
  };

  /** What a query or key of the first layer holds, whatever the word: only the distance counts. */
  function lookBack(row: number, isKey: boolean): number {
    const head = Math.floor(row / headDim);
    const { first, end, back, sharpness } = lookingBack[Math.floor((head * 2) / heads)]!;
    const pair = row % pairs;
    if (pair < first || pair >= end) return 0;
    const angle = isKey ? back * config.rope.theta ** (-pair / pairs) : 0;
    const part = row % headDim < pairs ? Math.cos(angle) : Math.sin(angle);
    // The norm makes a state's entries about 1.
    return (part * Math.sqrt((sharpness * Math.sqrt(headDim)) / (end - first))) / half;
  }

  /** Queries and keys of a later layer, [heads * headDim, half]: blind to what all words have in common. */
  function compare(layer: number): Float32Array {
    const random = new Random(seed, "tiny", "comparing", layer);
    const values = new Float32Array(heads * headDim * half);
    for (let row = 0; row < heads * headDim; row++) {
      if (row % pairs < firstSlow) continue;
      const entries = values.subarray(row * half, (row + 1) * half);
      for (let i = 0; i < half; i++) entries[i] = (random.normal() * 2) / Math.sqrt(half);
      const along = dot(entries, common) / half;
      for (let i = 0; i < half; i++) entries[i] = entries[i]! - along * common[i]!;
    }
    return values;
  }
}

/** A random rotation [size, size] (Gram & Schmidt). */
function rotation(size: number, random: Random): Float32Array {
  const rows: Float32Array[] = [];
  while (rows.length < size) {
    const row = Float32Array.from({ length: size }, () => random.normal());
    for (const other of rows) {
      const along = dot(row, other);
      for (let i = 0; i < size; i++) row[i] = row[i]! - along * other[i]!;
    }
    const length = Math.sqrt(dot(row, row));
    rows.push(row.map((value) => value / length));
  }
  return Float32Array.from({ length: size * size }, (_, i) => rows[Math.floor(i / size)]![i % size]!);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
