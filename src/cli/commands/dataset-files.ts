/** Dataset files as the data commands take and leave them: no file is overwritten unasked, and none is half written. */

import { existsSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { readBytes } from "../../data/read.ts";
import { extensionOf, extensions } from "../../data/source/container.ts";
import { decodeStrictly, encode } from "../../data/source/decode.ts";
import type { Loss, Refused } from "../../data/transform/convert.ts";
import { type DatasetText, openDataset } from "../../data/transform/dataset.ts";
import { writeFileAtomic } from "../../files/atomic.ts";
import { projectOf } from "../../linter/project.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { nearest } from "../../protocol/suggest.ts";
import type { Given } from "../command.ts";

export interface DatasetFile {
  path: string;
  dataset: DatasetText;
  /** As the file is encoded, with its byte order mark. */
  encode(text: string): Buffer;
}

/**
 * A dataset, read as its recipe or configuration says.
 *
 * @throws `file-not-found`, `file-unreadable`, `dataset-invalid`, `dataset-empty`, `dataset-format-unknown`
 */
export function readDatasetFile(given: string): DatasetFile {
  const path = resolve(given);
  const { text, ...origin } = decodeStrictly(readBytes(path), given);
  const { format, columns } = projectOf(path).settings;
  return {
    path,
    dataset: openDataset(text, path, { format, columns }),
    encode: (text) => encode(text, origin),
  };
}

/** `train.jsonl` → `train-shuffled.jsonl`, in the same folder or another. */
export function besides(path: string, word: string, folder = dirname(path)): string {
  const ending = extname(path);
  return join(folder, `${basename(path, ending)}-${word}${ending}`);
}

/** Where `--out` says; else the file itself for `--in-place`; else a new name. @throws `usage` for both */
export function targetOf(
  { values }: Given,
  path: string,
  word: string,
): { path: string; isInPlace: boolean } {
  const out = values.out;
  const isInPlace = values["in-place"] === true;
  if (isInPlace && out !== undefined) {
    throw new TunesmithError("usage", "--in-place and --out exclude each other", "Give one of them.");
  }
  const target = isInPlace ? path : typeof out === "string" ? resolve(out) : besides(path, word);
  if (extensionOf(target) !== extensionOf(path)) {
    throw new TunesmithError(
      "usage",
      `${basename(target)} would be another kind of file than ${basename(path)}`,
      `Name it with the ending ${extname(path)}; \`tunesmith convert\` changes the kind.`,
    );
  }
  return { path: target, isInPlace };
}

/** @throws `file-unwritable` for a file that is there already, unless it is to be replaced */
export function requireNew(paths: readonly string[], { values }: Given): void {
  const there = values.force === true ? undefined : paths.find((path) => existsSync(path));
  if (there === undefined) return;
  throw new TunesmithError(
    "file-unwritable",
    `${shown(there)} exists already`,
    "Choose another name with --out, or replace it with --force.",
  );
}

/** Writes whole files or nothing of them. */
export async function writeAll(files: readonly { path: string; bytes: Uint8Array }[]): Promise<void> {
  for (const { path, bytes } of files) await writeFileAtomic(path, bytes);
}

/** As people name it from here. */
export function shown(path: string): string {
  return relative("", path) || path;
}

/** One of a few words. @throws `usage` */
export function oneOf<T extends string>({ values }: Given, option: string, known: readonly T[]): T {
  const value = values[option];
  const found = known.find((each) => each === value);
  if (found !== undefined) return found;
  const near = typeof value === "string" ? nearest(value, known) : undefined;
  throw new TunesmithError(
    "usage",
    `--${option} is ${JSON.stringify(value)}`,
    near ? `Did you mean "${near}"?` : `Give one of ${known.join(", ")}.`,
  );
}

/** @throws `usage` for a name whose ending no dataset has */
export function requireEnding(path: string): NonNullable<ReturnType<typeof extensionOf>> {
  const found = extensionOf(path);
  if (found) return found;
  throw new TunesmithError(
    "usage",
    `${shown(path)} has none of the endings ${extensions.join(", ")}`,
    "Name the file by what it shall hold.",
  );
}

const namedLines = 20;

/** The first of many, each on its line, and how many more there are. */
export function listed(lines: readonly string[]): string[] {
  const more = lines.length - namedLines;
  return [...lines.slice(0, namedLines), ...(more > 0 ? [`  … and ${more} more`] : [])];
}

export function lossesInWords(losses: readonly Loss[], refused: readonly Refused[]): string[] {
  return [
    ...losses.map(
      ({ what, rows, line }) => `  lost: ${what}, in ${counted(rows, "row")}, first in line ${line}`,
    ),
    ...refused.map(({ line, reason }) => `  left out: line ${line}, since ${reason}`),
  ];
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
