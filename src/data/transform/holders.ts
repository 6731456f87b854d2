/** The kinds of files that records can be written into. */
import type { Row } from "../../text/conversation.ts";
import type { DataRecord } from "../formats/format.ts";
import type { Extension } from "../source/container.ts";
import { writtenCell } from "../source/table.ts";
import type { Form } from "./forms.ts";

export type Holder = "lines" | "array" | "csv" | "tsv" | "documents";

export const holderOf: Readonly<Record<Extension, Holder>> = {
  ".jsonl": "lines",
  ".ndjson": "lines",
  ".json": "array",
  ".csv": "csv",
  ".tsv": "tsv",
  ".txt": "documents",
};

/** It has no types: all values are texts. */
export function holdsTexts(holder: Holder): boolean {
  return holder === "csv" || holder === "tsv" || holder === "documents";
}

/** Half of a character: JSON has an escape for it, UTF-8 has nothing. */
const loneSurrogate = /\p{Surrogate}/u;
const mark = /^<\|endoftext\|>\r?$/m;

/** Whether such a file can hold the record, and gives it back as it is but for the types of values. */
export function holds(holder: Holder, record: DataRecord): boolean {
  if (!holdsTexts(holder)) return true;
  if (holder === "documents") {
    const { text, ...more } = record;
    return typeof text === "string" && Object.keys(more).length === 0 && isDocument(text);
  }
  return Object.entries(record).every(
    ([name, value]) =>
      name !== "" && name.trim() === name && isCell(name) && (value === null || isCell(value)),
  );
}

function isCell(value: unknown): boolean {
  if (typeof value === "number" || typeof value === "boolean") return true;
  return typeof value === "string" && !value.includes("\r") && !loneSurrogate.test(value);
}

function isDocument(text: string): boolean {
  const isTrimmed = text.trimEnd() === text && !/^[ \t]*\n/.test(text);
  return isTrimmed && !text.includes("\r") && !mark.test(text) && !loneSurrogate.test(text);
}

/** What in a row such a file has no place for; undefined where it is not the file. */
export function whyNot(holder: Holder, row: Row, { isNested }: Form): string | undefined {
  if (!holdsTexts(holder)) return undefined;
  const texts = row.kind === "text" ? [row.text] : row.messages.map(({ content }) => content);
  if (texts.some((text) => loneSurrogate.test(text)))
    return "it holds half a character, which only JSON can write";
  if (holder === "documents") {
    if (row.kind === "text" && mark.test(row.text))
      return "it holds a line that separates texts, <|endoftext|>";
    return row.kind === "text" ? undefined : "a text file holds plain texts only";
  }
  return isNested ? "a table's cells hold texts, not lists; a format such as pairs fits into one" : undefined;
}

/** A whole file. @param splits their names where each is a list of its own */
export function textOf(
  records: readonly { record: DataRecord; split: string | undefined }[],
  holder: Holder,
  splits: readonly string[],
): string {
  const all = records.map(({ record }) => record);
  switch (holder) {
    case "lines":
      return all.map((record) => `${JSON.stringify(record)}\n`).join("");
    case "array": {
      if (splits.length === 0) return `${list(all, "")}\n`;
      const lists = splits.map((name) => {
        const own = records.filter(({ split }) => split === name).map(({ record }) => record);
        return `  ${JSON.stringify(name)}: ${list(own, "  ")}`;
      });
      return `{\n${lists.join(",\n")}\n}\n`;
    }
    case "csv":
      return table(all, ",");
    case "tsv":
      return table(all, "\t");
    case "documents":
      return documents(all.map(({ text }) => String(text)));
  }
}

/** One record a line. */
function list(records: readonly DataRecord[], margin: string): string {
  if (records.length === 0) return "[]";
  return `[\n${records.map((record) => `${margin}  ${JSON.stringify(record)}`).join(",\n")}\n${margin}]`;
}

/** All records have the same keys. */
function table(records: readonly DataRecord[], delimiter: string): string {
  const columns = Object.keys(records[0] ?? {});
  const line = (cells: readonly string[]) =>
    `${cells.map((cell) => writtenCell(cell, delimiter)).join(delimiter)}\n`;
  const rows = records.map((record) =>
    line(columns.map((column) => (record[column] === null ? "" : String(record[column])))),
  );
  return line(columns) + rows.join("");
}

/** Paragraphs where each text is one; else with a mark between them. */
function documents(texts: readonly string[]): string {
  const areParagraphs = texts.every((text) => !/\n[^\S\n]*\n/.test(text) && !/^ = [^=]/m.test(text));
  return areParagraphs
    ? texts.map((text) => `${text}\n`).join("\n")
    : texts.map((text) => `${text}\n<|endoftext|>\n`).join("");
}
