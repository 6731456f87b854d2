/** Divides a dataset's text into one for each part, with every record as it is written. */
import { basename } from "node:path";
import { TunesmithError } from "../../protocol/errors.ts";
import { labelsOf, type SplitRequest, splitKeys, type Together } from "../split.ts";
import { type DatasetText, splitsIn } from "./dataset.ts";
import { keepRecords } from "./keep.ts";
import { promptOf } from "./keys.ts";

export type { SplitRequest };

export const partNames = ["train", "validation", "test"] as const;
export type PartName = (typeof partNames)[number];

export interface SplitTexts {
  /** Whole files, by part; a part without rows has none. */
  texts: Partial<Record<PartName, string>>;
  rows: Record<PartName, number>;
  /** Rows that were put beside another with the same question. */
  duplicates: number;
  /** Each part has its share of every label. */
  isStratified: boolean;
  /** Lines of records that cannot be read: they stay in training. */
  unreadable: number[];
}

/**
 * @param together positions among the dataset's items that belong on one side for another reason: near duplicates
 * @throws `usage` for a file that holds splits already; `dataset-invalid` where a part would read otherwise
 */
export function splitDataset(
  dataset: DatasetText,
  request: SplitRequest,
  together: Together = [],
): SplitTexts {
  const splits = splitsIn(dataset);
  if (splits.length > 0) {
    throw new TunesmithError(
      "usage",
      `${basename(dataset.name)} holds splits already: ${splits.join(", ")}`,
      "A recipe takes them as they are; to split anew, convert the file to .jsonl first.",
    );
  }
  const { items } = dataset;
  const readable = items.flatMap(({ record }, i) => (record ? [i] : []));
  const place = new Map(readable.map((item, i) => [item, i]));
  const rows = readable.map((i) => items[i]!.row);
  const known = rows.filter((row) => row !== undefined);
  const labels = known.length === rows.length ? labelsOf(known) : undefined;
  const groups = [...together].map((group) => group.flatMap((i) => place.get(i) ?? []));
  const split = splitKeys(
    readable.map((i) => promptOf(items[i]!)),
    labels,
    request,
    groups,
  );
  const partOf = new Map<number, PartName>();
  for (const part of partNames) for (const i of split[part]) partOf.set(readable[i]!, part);
  const texts: SplitTexts["texts"] = {};
  for (const part of partNames) {
    const isKept = (_: unknown, i: number) => (partOf.get(i) ?? "train") === part;
    if (items.some(isKept)) texts[part] = keepRecords(dataset, isKept, { dropBlanks: true }).text;
  }
  const unreadable = items.filter(({ record }) => !record).map(({ line }) => line);
  return {
    texts,
    rows: {
      train: split.train.length + unreadable.length,
      validation: split.validation.length,
      test: split.test.length,
    },
    duplicates: split.duplicates,
    isStratified: labels !== undefined,
    unreadable,
  };
}
