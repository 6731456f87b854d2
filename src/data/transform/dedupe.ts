/** Takes out records that say again what another one says. */
import type { TextEdit } from "../source/edit.ts";
import type { DatasetText, Item } from "./dataset.ts";
import { keepRecords } from "./keep.ts";
import { contentOf, promptOf } from "./keys.ts";

export interface DedupeOptions {
  /** What must be the same: the question alone, or all that is learned. */
  by: "row" | "prompt";
  /** Which of them stays. */
  keep: "first" | "last";
}

export interface Deduped {
  text: string;
  /** Of the text as it was. */
  edits: TextEdit[];
  /** Records before. */
  rows: number;
  /** In the order of the file. */
  removed: Removed[];
}

export interface Removed {
  /** From 1. */
  line: number;
  /** The line of the record that stays. */
  sameAs: number;
  /** Among the file's records, from 0. */
  index: number;
}

/** Records that cannot be read are left alone. @throws `dataset-invalid` where the rest would read otherwise */
export function dedupe(dataset: DatasetText, { by, keep }: DedupeOptions): Deduped {
  const { items } = dataset;
  const keyOf = by === "prompt" ? promptOf : contentOf;
  const kept = new Map<string, Item>();
  const keys = items.map((item) => keyOf(item));
  for (const [i, item] of items.entries()) {
    if (keep === "last" || !kept.has(keys[i]!)) kept.set(keys[i]!, item);
  }
  const removed = items.flatMap((item, index): Removed[] => {
    const other = kept.get(keys[index]!)!;
    return other === item ? [] : [{ line: item.line, sameAs: other.line, index }];
  });
  const { text, edits } = keepRecords(dataset, (item, i) => kept.get(keys[i]!) === item);
  return { text, edits, rows: items.length, removed };
}
