/**
 * Two columns, a text and its label: classification data such as banking77 (text, category), mostly CSV. Known by the
 * columns' usual names; failing that, a record of just two columns is read as text first, label second.
 */

import { noParts } from "../parts.ts";
import { type DataRecord, FieldError, type Format, hasText, requiredText } from "./format.ts";
import { pairRow } from "./pair.ts";
import { fieldParts } from "./turns.ts";

export const textNames = [
  "text",
  "sentence",
  "utterance",
  "query",
  "question",
  "review",
  "comment",
  "tweet",
  "message",
  "title",
  "content",
  "input",
];
export const labelNames = [
  "label_text",
  "label_name",
  "label",
  "category",
  "intent",
  "class",
  "sentiment",
  "emotion",
  "topic",
  "tag",
  "target",
];
/** Columns that number the lines and say nothing. */
const numbering = new Set(["", "id", "idx", "index", "Unnamed: 0"]);

export const twoColumn: Format = {
  name: "two-column",
  keys: "text, label (or category, intent, class …)",

  recognise(record) {
    if (named(record) !== undefined) return 0.8;
    return onlyTwo(record) === undefined ? 0 : 0.3;
  },

  toRow(record) {
    const columns = named(record) ?? onlyTwo(record);
    if (columns === undefined) throw new FieldError("text", "and a label column are missing");
    const [text, label] = columns;
    return pairRow({ user: [requiredText(record, text)], assistant: requiredText(record, label) });
  },

  parts(record) {
    const columns = named(record) ?? onlyTwo(record);
    if (!columns) return noParts;
    return fieldParts(record, [
      [columns[0], "user"],
      [columns[1], "assistant"],
    ]);
  },
};

type Columns = readonly [text: string, label: string];

const textRanks = new Map(textNames.map((name, rank) => [name, rank]));
const labelRanks = new Map(labelNames.map((name, rank) => [name, rank]));

function named(record: DataRecord): Columns | undefined {
  const keys = Object.keys(record);
  const text = firstOf(keys, textRanks, record);
  if (text === undefined) return undefined;
  const label = firstOf(keys, labelRanks, record);
  return label === undefined ? undefined : [text, label];
}

/** Of the record's columns with a text, the one whose name is the likeliest. */
function firstOf(
  keys: readonly string[],
  ranks: ReadonlyMap<string, number>,
  record: DataRecord,
): string | undefined {
  let first: string | undefined;
  for (const key of keys) {
    const rank = ranks.get(key);
    if (rank === undefined || (first !== undefined && rank > ranks.get(first)!)) continue;
    if (hasText(record, key)) first = key;
  }
  return first;
}

function onlyTwo(record: DataRecord): Columns | undefined {
  const columns = Object.keys(record).filter((key) => !numbering.has(key));
  const [text, label] = columns;
  const areText = columns.length === 2 && columns.every((key) => hasText(record, key));
  return areText ? [text!, label!] : undefined;
}
