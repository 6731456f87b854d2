/** The rows of a recipe, divided into training, validation and test: the same for the trainer and for the comparison. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { type Dataset, type DatasetRow, describeSkipped, readDataset } from "../data/read.ts";
import { findOverlap, splitRows } from "../data/split.ts";
import { TunesmithError } from "../protocol/errors.ts";
import type { Recipe, RowSource } from "../runs/recipe.ts";
import type { Row } from "../text/conversation.ts";

/** So many places of unreadable records are named. */
const shownSkipped = 3;

/** A row, and where it stands. */
export interface LocatedRow {
  /** For people: "train.jsonl:12". */
  id: string;
  /** First line of its record, from 1. */
  line: number;
  row: Row;
}

export interface TuningData {
  train: LocatedRow[];
  validation: LocatedRow[];
  test: LocatedRow[];
  /** The files read, in the order train, validation, test. */
  files: { path: string; fingerprint: string }[];
  /** What could not be read, in words: one text for each file that has any. */
  skipped: string[];
  /** Rows with the question of another row, kept on its side of the split. */
  duplicates: number;
  /** Held-out rows whose question also stands in the training rows; only files of their own can have any. */
  overlap: { validation: number; test: number };
}

/** @throws as `readDataset`, and `dataset-empty` when nothing is left to train on */
export function readTuningData({ data, train: { seed } }: Pick<Recipe, "data" | "train">): TuningData {
  const options = {
    format: data.format === "auto" ? undefined : data.format,
    columns: data.columns ?? undefined,
  };
  const main = readDataset(data.train, options);
  const named = (names: readonly string[]) => main.rows.filter((row) => names.includes(row.split ?? ""));
  const parts = {
    validation: heldOut(data.validation, named(["validation", "valid", "dev"])),
    test: heldOut(data.test, named(["test"])),
  };
  const rest = main.rows.filter(
    (row) => !parts.validation.rows.includes(row) && !parts.test.rows.includes(row),
  );
  const split = splitRows(
    rest.map(({ row }) => row),
    { validation: parts.validation.amount, test: parts.test.amount, seed },
  );
  const drawn = (indices: readonly number[]) =>
    locate(
      main,
      indices.map((index) => rest[index]!),
    );
  const files = [main];
  const part = (source: RowSource, rows: readonly DatasetRow[], indices: readonly number[]) => {
    if (typeof source !== "string") return [...locate(main, rows), ...drawn(indices)];
    const dataset = readDataset(source, options);
    files.push(dataset);
    return locate(dataset, dataset.rows);
  };
  const train = drawn(split.train);
  const validation = part(data.validation, parts.validation.rows, split.validation);
  const test = part(data.test, parts.test.rows, split.test);
  if (train.length === 0) {
    throw new TunesmithError(
      "dataset-empty",
      `${data.train} leaves no row to train on`,
      "Hold out fewer rows, or add some.",
    );
  }
  const overlapWith = (rows: readonly LocatedRow[]) =>
    findOverlap(
      train.map(({ row }) => row),
      rows.map(({ row }) => row),
    ).length;
  return {
    train,
    validation,
    test,
    files: files.map(({ path, fingerprint }) => ({ path, fingerprint })),
    skipped: files.flatMap(skippedInWords),
    duplicates: split.duplicates,
    overlap: { validation: overlapWith(validation), test: overlapWith(test) },
  };
}

/** How many records of a file are left out, and where the first of them stand; empty where all could be read. */
export function skippedInWords({ path, rows, skipped }: Dataset): string[] {
  if (skipped.length === 0) return [];
  const records = rows.length + skipped.length;
  const first = skipped.slice(0, shownSkipped).map(describeSkipped);
  const more = skipped.length - first.length;
  const places = [...first, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
  return [
    `${basename(path)}: ${skipped.length} of ${records} records cannot be read and are left out (${places})`,
  ];
}

/** Rows with their places. */
export function locate(dataset: Dataset, rows: readonly DatasetRow[]): LocatedRow[] {
  return rows.map(({ row, line }) => ({ id: `${basename(dataset.path)}:${line}`, line, row }));
}

/** Rows that the file itself marks as held out win over a share; a share is drawn only where it marks none. */
function heldOut(source: RowSource, marked: DatasetRow[]): { rows: DatasetRow[]; amount: number } {
  if (typeof source === "string") return { rows: [], amount: 0 };
  return marked.length > 0 ? { rows: marked, amount: 0 } : { rows: [], amount: source };
}

/** One short hash of some rows, to tell whether two comparisons used the same. */
export function rowsHash(rows: readonly LocatedRow[]): string {
  const hash = createHash("sha256");
  for (const { row } of rows) hash.update(JSON.stringify(row)).update("\n");
  return hash.digest("hex");
}
