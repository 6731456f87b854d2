/** What stands in a record beside what its format reads. */
import { isJsonObject } from "../../json/object.ts";
import type { Row } from "../../text/conversation.ts";
import { type DataRecord, type Format, field } from "../formats/format.ts";

/** Keys that are read without being a text with a place. */
const readBeside: Readonly<Record<string, readonly string[]>> = {
  alpaca: ["history", "input"],
  mistral: ["only_last"],
  slots: ["userInput", "labels", "context"],
  // A full text of the row, as the first Alpaca files have it, is what the row says already.
};

/** The members that say nothing of the row. */
export function extraKeys(record: DataRecord, format: Format, row: Row): DataRecord {
  const paths = readPaths(record, format);
  const tops = new Set(paths.map(([top]) => top));
  const hasSystem = row.kind === "chat" && row.messages[0]?.role === "system";
  const isRead = (key: string) => {
    if (key === "tools") return (row.kind === "chat" && row.tools !== undefined) || isNothing(record[key]);
    if (key === "system" && tops.has(key)) return hasSystem || isNothing(record[key]);
    return tops.has(key) || (readBeside[format.name] ?? []).includes(key);
  };
  const extras = Object.entries(record).flatMap(([key, value]): [string, unknown][] => {
    if (!isRead(key)) return [[key, value]];
    const rest = format.mapping ? unreadMembers(value, key, paths) : undefined;
    return rest ? [[key, rest]] : [];
  });
  return Object.fromEntries(extras);
}

/** Paths of what is read; inside lists the list alone. */
function readPaths(record: DataRecord, format: Format): string[][] {
  const { texts, conversations, tools } = format.parts(record);
  const paths = [
    ...texts.map(({ at }) => at),
    ...conversations.flatMap(({ list, turns }) => [...(list ? [list] : []), ...turns.map(({ at }) => at)]),
    ...(tools ? [tools.at] : []),
  ];
  return paths.map((path) => {
    const index = path.findIndex((step) => typeof step === "number");
    return (index < 0 ? path : path.slice(0, index)).map(String);
  });
}

/** Of an object of which a column is read, the others. */
function unreadMembers(value: unknown, key: string, paths: readonly string[][]): DataRecord | undefined {
  const inside = paths.filter(([top, ...rest]) => top === key && rest.length > 0).map(([, next]) => next);
  if (!isJsonObject(value) || inside.length === 0) return undefined;
  const rest = Object.entries(value).filter(([name]) => !inside.includes(name));
  return rest.length > 0 ? Object.fromEntries(rest) : undefined;
}

function isNothing(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

const turnKeys = new Set(["from", "value", "weight", "train"]);
const partKeys = new Set(["type", "text"]);
const geminiPartKeys = new Set(["text", "functionCall", "functionResponse"]);

/** What turns say beside their rows, in words: it stays behind when the format changes. */
export function unreadInside(record: DataRecord, format: Format): string[] {
  const found = new Set<string>();
  const note = (value: unknown, known: ReadonlySet<string>, of: string) => {
    if (!isJsonObject(value)) return;
    for (const key of Object.keys(value)) if (!known.has(key)) found.add(`the key "${key}" of ${of}`);
  };
  for (const { turns } of format.parts(record).conversations) {
    for (const { message, content } of turns) {
      if (message && Object.hasOwn(message, "from")) note(message, turnKeys, "turns");
      const parts: unknown[] = Array.isArray(content) ? content : [];
      for (const part of parts) note(part, format.name === "gemini" ? geminiPartKeys : partKeys, "parts");
    }
  }
  if (format.name === "slots" && Array.isArray(field(record, "labels"))) {
    found.add("the places of values in the text");
  }
  return [...found];
}
