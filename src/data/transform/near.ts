/** Records whose questions are nearly the same: for a split that keeps them on one side. */
import { bands, similarity, sketchOf } from "../detect/minhash.ts";
import type { DatasetText } from "./dataset.ts";
import { promptOf } from "./keys.ts";

/** The share of three-word sequences that two questions have in common. */
const alike = 0.8;
/** Of records that share a band so many are compared: more would take forever where all begin alike. */
const mostCompared = 16;

/** Pairs of positions among the dataset's items. Questions of few words are never alike. */
export function nearlySame({ items }: DatasetText): number[][] {
  const seen = Array.from({ length: bands }, () => new Map<number, number[]>());
  const sketches = items.map((item) => (item.record ? sketchOf([promptOf(item)]) : undefined));
  const pairs: number[][] = [];
  for (const [i, sketch] of sketches.entries()) {
    if (!sketch) continue;
    const met = new Set<number>();
    for (const [band, value] of sketch.entries()) {
      const others = seen[band]!.get(value);
      for (const other of others ?? []) met.add(other);
      if (!others) seen[band]!.set(value, [i]);
      else if (others.length < mostCompared) others.push(i);
    }
    for (const other of met) if (similarity(sketch, sketches[other]!) >= alike) pairs.push([other, i]);
  }
  return pairs;
}
