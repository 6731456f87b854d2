/**
 * Divides rows into training, validation and test.
 *
 * Which rows are held out follows from SHA-256 of the seed and the row's prompt, not from its place in the file: the
 * same rows and seed always give the same split, sorting the file changes nothing, and adding rows moves few others.
 * Rows with the same prompt (but for case, blanks and Unicode spelling) stay on one side, so that nothing learned is
 * asked again. Where the answers are labels, each side gets its share of every label.
 */
import { createHash } from "node:crypto";
import type { Message, Row } from "../text/conversation.ts";
import { normalised } from "./detect/hash.ts";
import { asQuestion } from "./question.ts";

/** How much to hold out: a share of the rows below 1 (0.1), or a number of rows from 1 on. */
export interface SplitRequest {
  validation: number;
  test: number;
  seed: number;
}

/** Indices of rows, ascending. */
export interface Split {
  train: number[];
  validation: number[];
  test: number[];
  /** Rows that were put beside another with the same prompt. */
  duplicates: number;
}

/** Divides `rows`. A part may stay empty where the rows are too few; training keeps at least one group of rows. */
export function splitRows(rows: readonly Row[], request: SplitRequest): Split {
  return splitKeys(rows.map(promptKey), labelsOf(rows), request);
}

/** Positions of rows that belong together for another reason than their prompts. */
export type Together = Iterable<readonly number[]>;

/**
 * Divides rows of any kind.
 *
 * @param keys what each row asks: those with the same stay together
 * @param labels each row's label, where rows have such
 */
export function splitKeys(
  keys: readonly string[],
  labels: readonly string[] | undefined,
  { validation, test, seed }: SplitRequest,
  together: Together = [],
): Split {
  const groups = inDrawingOrder(grouped(keys, together), labels, seed);
  const wanted = { test: countOf(test, keys.length), validation: countOf(validation, keys.length) };
  const split: Split = { train: [], validation: [], test: [], duplicates: keys.length - groups.length };
  for (const [i, group] of groups.entries()) {
    const fits = (part: "test" | "validation") => split[part].length + group.length <= wanted[part];
    const isLast = i === groups.length - 1;
    const part = isLast ? undefined : (["test", "validation"] as const).find(fits);
    split[part ?? "train"].push(...group);
  }
  for (const part of [split.train, split.validation, split.test]) part.sort((a, b) => a - b);
  return split;
}

/** A held-out row whose prompt also stands in the training rows. */
export interface Overlap {
  index: number;
  trainIndex: number;
}

/** The rows of `heldOut` that training sees too, when the parts come from files of their own. */
export function findOverlap(train: readonly Row[], heldOut: readonly Row[]): Overlap[] {
  const seen = new Map(train.map((row, i) => [promptKey(row), i] as const).reverse());
  return heldOut.flatMap((row, index) => {
    const trainIndex = seen.get(promptKey(row));
    return trainIndex === undefined ? [] : [{ index, trainIndex }];
  });
}

/**
 * What makes two rows the same question: its text in Unicode's composed form (NFKC), lower case, blanks as one space.
 * A plain text is its own question.
 */
export function promptKey(row: Row): string {
  if (row.kind === "text") return normalised(row.text);
  const said = asQuestion(row)?.messages ?? row.messages;
  return keyOfTurns(said, ({ content }) => normalised(content));
}

/** The key of turns whose contents are normalised already, or are to be. */
export function keyOfTurns(turns: readonly Message[], contentOf: (turn: Message) => string): string {
  let key = "";
  for (const turn of turns) {
    const content = contentOf(turn);
    const role = knownRoles.get(turn.role) ?? normalised(`${turn.role}:`);
    key += `${key === "" ? "" : " "}${role}${content === "" ? "" : ` ${content}`}`;
  }
  return key;
}

const knownRoles = new Map(["system", "user", "assistant", "tool"].map((role) => [role, `${role}:`]));

/** What stands beside the texts of a row's turns, which is learned as well: calls of tools, weights, declarations. */
export function besideTexts(row: Row, turns: readonly Message[]): string {
  if (row.kind === "text" || (!row.tools && turns.every(isPlain))) return "";
  const extras = turns.map(({ role: _, content: __, weight, ...rest }) =>
    weight === 0 ? { ...rest, weight } : rest,
  );
  return `\0${JSON.stringify([row.tools ?? [], extras])}`;
}

function isPlain(turn: Message): boolean {
  for (const key in turn) {
    if (key !== "role" && key !== "content" && (key !== "weight" || turn.weight === 0)) return false;
  }
  return true;
}

/** How many rows an amount means: a share below 1, or a number. */
export function countOf(amount: number, rows: number): number {
  return amount < 1 ? Math.round(amount * rows) : Math.min(Math.floor(amount), rows);
}

/** Rows by what they ask; of groups that belong together, the first key stands for all. */
function grouped(keys: readonly string[], together: Together): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [i, key] of keys.entries()) push(groups, key, i);
  const movedTo = new Map<string, string>();
  const keyNow = (key: string): string => {
    let now = key;
    for (let next = movedTo.get(now); next !== undefined; next = movedTo.get(now)) now = next;
    return now;
  };
  for (const rows of together) {
    const [kept, ...others] = [...new Set(rows.map((row) => keyNow(keys[row]!)))].sort();
    for (const key of others) {
      for (const row of groups.get(key)!) groups.get(kept!)!.push(row);
      groups.delete(key);
      movedTo.set(key, kept!);
    }
  }
  for (const rows of groups.values()) rows.sort((a, b) => a - b);
  return groups;
}

/**
 * Groups of rows with one prompt, in the order in which they are drawn. Within a label the order is that of the
 * hashes; the labels are then interleaved by how far each has come, so that any first part holds every label in
 * proportion. Each label starts at its own random fraction, or rare labels would all come late.
 */
function inDrawingOrder(
  groups: ReadonlyMap<string, number[]>,
  labels: readonly string[] | undefined,
  seed: number,
): number[][] {
  const strata = new Map<string, { rank: number; group: number[] }[]>();
  for (const [key, group] of groups) {
    push(strata, labels?.[group[0]!] ?? "", { rank: fraction(seed, "row", key), group });
  }
  const drawn = [...strata].flatMap(([label, members]) => {
    const start = fraction(seed, "label", label);
    const ordered = members.sort((a, b) => a.rank - b.rank);
    return ordered.map(({ rank, group }, i) => ({ at: (i + start) / members.length, rank, group }));
  });
  return drawn.sort((a, b) => a.at - b.at || a.rank - b.rank).map(({ group }) => group);
}

/**
 * Each row's answer where the answers are labels: most of them occur several times. Undefined elsewhere.
 */
export function labelsOf(rows: readonly Row[]): string[] | undefined {
  const answers = rows.map((row) => asQuestion(row)?.reference.trim());
  const distinct = new Set(answers).size;
  const areLabels = answers.every((answer) => answer !== undefined) && distinct * 3 <= rows.length;
  return areLabels ? (answers as string[]) : undefined;
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** A number in [0, 1) from the first 48 bits of a hash. */
function fraction(seed: number, purpose: string, text: string): number {
  const hash = createHash("sha256").update(`${seed}\0${purpose}\0${text}`).digest();
  return hash.readUIntBE(0, 6) / 2 ** 48;
}
