/**
 * How long a dataset's rows are: in tokens where the model is here, else guessed from their bytes. The file is read once
 * for all models, and again when it has changed; of many rows a part is tokenized, and the others follow by their bytes.
 */

import { statSync } from "node:fs";
import { dirname } from "node:path";
import { labelsOf } from "../../data/split.ts";
import type { RowLength } from "../../estimate/estimate.ts";
import { readAs } from "../../linter/project.ts";
import { resolveRecipe } from "../../runs/recipe.ts";
import { loadChatModel } from "../../text/chat-model.ts";
import type { Row } from "../../text/conversation.ts";
import { prepareRows } from "../../text/training-tokens.ts";
import { readTuningData, type TuningData } from "../data.ts";

export interface Survey {
  data: TuningData;
  /** Different answers, where they are labels. */
  labels: number | null;
}

export interface Lengths {
  train: RowLength[];
  validation: RowLength[];
  about: boolean;
}

/** Rows that are tokenized: the longest, which decide memory, and others evenly from the file. */
const measured = { longest: 100, others: 900 };
/** English in a vocabulary of 50 to 150 thousand tokens; what a template writes around a row and around a message. */
const guess = { bytesPerToken: 4, perRow: 20, perMessage: 5 };
/** A plain text longer than this becomes several examples. */
const textLength = 512;
const uncut = 1 << 20;

let last: { key: string; survey: Survey; lengths: Map<string, Promise<Lengths>> } | undefined;

/** @throws as reading the dataset does */
export function surveyOf(dataset: string): Survey {
  return remembered(dataset).survey;
}

/** @param folder of the model; undefined where it is not here. @throws what its tokenizer or template refuse */
export function lengthsOf(dataset: string, folder: string | undefined): Promise<Lengths> {
  const { survey, lengths } = remembered(dataset);
  const key = folder ?? "";
  const known = lengths.get(key) ?? measure(survey, folder);
  lengths.set(key, known);
  known.catch(() => lengths.delete(key));
  return known;
}

function remembered(dataset: string): NonNullable<typeof last> {
  const stats = statSync(dataset, { throwIfNoEntry: false });
  const source = { train: dataset, ...readAs(dataset) };
  const key = `${JSON.stringify(source)} ${stats?.mtimeMs} ${stats?.size}`;
  if (last?.key === key) return last;
  const recipe = resolveRecipe({ model: "tiny", data: source }, dirname(dataset));
  const data = readTuningData(recipe);
  const labels = labelsOf(data.train.map(({ row }) => row));
  last = { key, survey: { data, labels: labels ? new Set(labels).size : null }, lengths: new Map() };
  return last;
}

async function measure({ data }: Survey, folder: string | undefined): Promise<Lengths> {
  const parts = [data.train, data.validation].map((part) => part.map(({ row }) => row));
  const rows = parts.flat();
  const lengths = folder === undefined ? rows.map(guessed) : await tokenized(rows, folder);
  const train = lengths.slice(0, parts[0]!.length).flatMap(examples);
  return {
    train,
    validation: lengths.slice(parts[0]!.length).flatMap(examples),
    about: folder === undefined,
  };
}

interface Measured extends RowLength {
  isText: boolean;
}

async function tokenized(rows: readonly Row[], folder: string): Promise<Measured[]> {
  const chat = await loadChatModel(folder);
  const sample = sampleOf(rows);
  const prepared = await prepareRows(
    sample.map((index) => rows[index]!),
    chat.tokenizer,
    chat.template,
    { maxLength: uncut, loss: "completions" },
  );
  const known = new Map<number, Measured>();
  for (const { row, ids, trained } of prepared) {
    const index = sample[row]!;
    const targets = trained.reduce((sum, one) => sum + one, 0);
    known.set(index, { tokens: ids.length, targets, isText: rows[index]!.kind === "text" });
  }
  const sum = (of: (index: number) => RowLength) =>
    sample.reduce(
      (total, index) => ({
        tokens: total.tokens + of(index).tokens,
        targets: total.targets + of(index).targets,
      }),
      { tokens: 0, targets: 0 },
    );
  const real = sum((index) => known.get(index)!);
  const guesses = sum((index) => guessed(rows[index]!));
  return rows.map((row, index) => {
    const here = known.get(index);
    if (here) return here;
    const { tokens, targets, isText } = guessed(row);
    return {
      tokens: Math.ceil((tokens * real.tokens) / guesses.tokens),
      targets: Math.ceil((targets * real.targets) / guesses.targets),
      isText,
    };
  });
}

function sampleOf(rows: readonly Row[]): number[] {
  const all = rows.map((_, index) => index);
  if (rows.length <= measured.longest + measured.others) return all;
  const sizes = rows.map(bytesOf);
  const longest = [...all].sort((a, b) => sizes[b]! - sizes[a]!).slice(0, measured.longest);
  const evenly = Array.from({ length: measured.others }, (_, i) =>
    Math.floor((i * rows.length) / measured.others),
  );
  return [...new Set([...longest, ...evenly])];
}

function guessed(row: Row): Measured {
  const tokensIn = (bytes: number) => Math.ceil(bytes / guess.bytesPerToken);
  if (row.kind === "text") {
    const tokens = tokensIn(bytesOf(row)) + 2;
    return { tokens, targets: tokens - 1, isText: true };
  }
  const answers = row.messages.filter(({ role, weight }) => role === "assistant" && weight !== 0);
  return {
    tokens: tokensIn(bytesOf(row)) + guess.perRow + guess.perMessage * row.messages.length,
    targets: answers.reduce((sum, { content }) => sum + tokensIn(Buffer.byteLength(content)) + 1, 0),
    isText: false,
  };
}

function bytesOf(row: Row): number {
  if (row.kind === "text") return Buffer.byteLength(row.text);
  return row.messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
}

/** A row's examples: a long plain text is several, all but the last of `textLength`. */
function examples({ tokens, targets, isText }: Measured): RowLength[] {
  if (!isText) return [{ tokens, targets }];
  const count = Math.ceil(tokens / textLength);
  return Array.from({ length: count }, (_, i) => {
    const part = i < count - 1 ? textLength : tokens - (count - 1) * textLength;
    return { tokens: part, targets: part - 1 };
  });
}
