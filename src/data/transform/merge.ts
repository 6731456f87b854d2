/**
 * Puts several datasets into one, after the manner of the first. Records of files like it stay as they are written;
 * those of others are converted into its format, and what they lose is reported.
 */
import { TunesmithError } from "../../protocol/errors.ts";
import type { DataRecord } from "../formats/format.ts";
import { applyEdits } from "../source/edit.ts";
import { writtenCell } from "../source/table.ts";
import { isReadAs } from "../written-record.ts";
import { type Loss, lossesOf, ownForm, type Refused } from "./convert.ts";
import { type DatasetText, formatOf, openDataset, splitsIn } from "./dataset.ts";
import { holderOf } from "./holders.ts";
import { contentOf } from "./keys.ts";
import { asTexts, type ConvertedRecord, convertedItem, keyInWords } from "./record.ts";

export interface MergedFile {
  name: string;
  /** Records that are in the merged file. */
  rows: number;
  /** They were converted, since the file was of another kind than the first. */
  isConverted: boolean;
  losses: Loss[];
  refused: Refused[];
}

/** A row that another file has as well. */
export interface Shared {
  file: string;
  line: number;
  sameAs: { file: string; line: number };
}

export interface Merged {
  text: string;
  rows: number;
  files: MergedFile[];
  /** By the rows that come later. */
  duplicates: Shared[];
}

interface Addition {
  file: MergedFile;
  sources: string[];
}

/**
 * @param datasets at least one, in the order of their records
 * @throws `usage` where one of them holds splits; `dataset-format-unknown`
 */
export function mergeDatasets(datasets: readonly DatasetText[]): Merged {
  const [first, ...others] = datasets;
  for (const dataset of datasets) {
    const splits = splitsIn(dataset);
    if (splits.length > 0) {
      throw new TunesmithError(
        "usage",
        `${dataset.name} holds several splits: ${splits.join(", ")}`,
        "Convert it to .jsonl first, or merge files of one split each.",
      );
    }
  }
  const additions = others.map((other) => additionOf(first!, other));
  const own: MergedFile = {
    name: first!.name,
    rows: first!.items.length,
    isConverted: false,
    losses: [],
    refused: [],
  };
  const files = [own, ...additions.map(({ file }) => file)];
  const text = withSources(
    first!,
    additions.flatMap(({ sources }) => sources),
    others.some(({ container, way }) => container !== first!.container || way !== first!.way),
  );
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const found = openDataset(text, first!.name, first!.openedWith).items.length;
  if (found !== rows) {
    throw new TunesmithError(
      "dataset-invalid",
      `the merged file would hold ${found} records instead of ${rows}`,
      "Mend the records that cannot be read first: `tunesmith lint` lists them.",
    );
  }
  return { text, rows, files, duplicates: sharedRows(datasets) };
}

/** What a file adds, written as the first file has its records. */
function additionOf(first: DatasetText, other: DatasetText): Addition {
  const { name, items } = other;
  if (isAlike(first, other)) {
    const file = { name, rows: items.length, isConverted: false, losses: [], refused: [] };
    return { file, sources: items.map(({ source }) => source) };
  }
  formatOf(first);
  const form = { ...ownForm(first), like: likeOf(first) };
  const refused: Refused[] = [];
  const lost: { losses: readonly string[]; line: number }[] = [];
  const sources: string[] = [];
  for (const item of items) {
    const { line } = item;
    const result = convertedItem(item, form, holderOf[first.extension]);
    const written = "reason" in result ? result : sourceOf(first, result);
    if ("reason" in written) {
      refused.push({ line, reason: written.reason });
      continue;
    }
    const own = "reason" in result ? [] : result.losses;
    lost.push({ losses: [...own, ...written.losses], line });
    sources.push(written.source);
  }
  const file = { name, rows: sources.length, isConverted: true, losses: lossesOf(lost), refused };
  return { file, sources };
}

/** Records of one can stand among those of the other as they are. */
function isAlike(a: DatasetText, b: DatasetText): boolean {
  const columns = ({ header }: DatasetText) => JSON.stringify([header?.names, header?.delimiter]);
  return a.container === b.container && a.format === b.format && columns(a) === columns(b);
}

/** A record of the file, to spell others like it; else as the form has it. */
function likeOf(first: DatasetText): DataRecord {
  const own = first.items.find(({ format, row }) => format === first.format && row !== undefined);
  return own?.record ?? ownForm(first).like;
}

function sourceOf(
  { container, header, format }: DatasetText,
  { record, row }: ConvertedRecord,
): { source: string; losses: string[] } | { reason: string } {
  if (container === "documents") return { source: String(record.text), losses: [] };
  if (container !== "table") return { source: JSON.stringify(record), losses: [] };
  const { names, delimiter } = header!;
  const texts = asTexts(record);
  const cells = Object.fromEntries(names.map((name) => [name, String(texts[name] ?? "")]));
  const isRead = row !== undefined && isReadAs(cells, format!, row);
  if (!isRead) return { reason: "the columns of the first file have no place for it" };
  const source = names.map((name) => writtenCell(cells[name]!, delimiter)).join(delimiter);
  return {
    source,
    losses: Object.keys(record)
      .filter((key) => !names.includes(key))
      .map(keyInWords),
  };
}

function withSources(first: DatasetText, sources: readonly string[], areWaysMixed: boolean): string {
  const { text, container, lineEnd } = first;
  if (sources.length === 0) return text;
  switch (container) {
    case "array":
      return inArray(first, sources);
    case "documents":
      return asDocuments(first, sources, areWaysMixed);
    default: {
      const begun = /\n$/.test(text) ? text : text + lineEnd;
      return begun + sources.map((source) => source + lineEnd).join("");
    }
  }
}

/** Behind the last element, with what stands between the others. */
function inArray({ text, pieces, items }: DatasetText, sources: readonly string[]): string {
  const last = items.at(-1)!;
  const tails = items.map(({ piece }) => piece.text.slice(piece.end));
  const opening = /\[(\s*)$/.exec(pieces[items[0]!.at - 1]?.text ?? "")?.[1] ?? "";
  const separator = tails.slice(0, -1).find((tail) => tail.includes(",")) ?? `,${opening || " "}`;
  const offset = pieces.slice(0, last.at).reduce((sum, piece) => sum + piece.text.length, 0);
  const end = offset + last.piece.end;
  const added = sources.map((source) => separator + source).join("");
  return applyEdits(text, [{ start: end, end, text: added }]);
}

/** Texts that files tell apart in different ways get marks between them. */
function asDocuments(
  { text, items, way, lineEnd }: DatasetText,
  sources: readonly string[],
  areMixed: boolean,
): string {
  const mark = `${lineEnd}<|endoftext|>${lineEnd}`;
  if (areMixed && way !== "marks") {
    return [...items.map(({ source }) => source), ...sources].map((source) => source + mark).join("");
  }
  const begun = text.trimEnd();
  if (way === "marks") {
    const marked = begun.endsWith("<|endoftext|>") ? begun + lineEnd : begun + mark;
    return marked + sources.map((source) => source + mark).join("");
  }
  return [begun, ...sources].join(lineEnd + lineEnd) + lineEnd;
}

/** Rows of one file that another one before it has as well. */
function sharedRows(datasets: readonly DatasetText[]): Shared[] {
  const seen = new Map<string, { file: string; line: number }>();
  const found: Shared[] = [];
  for (const { name: file, items } of datasets) {
    for (const item of items.filter(({ record }) => record)) {
      const { line } = item;
      const key = contentOf(item);
      const before = seen.get(key);
      if (!before) seen.set(key, { file, line });
      else if (before.file !== file) found.push({ file, line, sameAs: before });
    }
  }
  return found;
}
