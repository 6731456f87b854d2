/**
 * Writes a row as a record, in any format: the other way round from its reading, and spelled like the records a file
 * already has. What is written is what that reading gives back, or nothing: the format itself is the judge.
 */
import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type JsonObject } from "../json/object.ts";
import type { Message, Row } from "../text/conversation.ts";
import { type ColumnMapping, columnsFormat } from "./formats/columns.ts";
import { type DataRecord, FieldError, type Format, field, readRow } from "./formats/format.ts";
import { formats } from "./formats/index.ts";
import { roleOf } from "./formats/messages.ts";
import { geminiRecords } from "./written-gemini.ts";
import { mistralRecords } from "./written-mistral.ts";

/** A question as one text, where it is one: with at most a system message before it. */
interface Pair {
  system: string;
  question: string;
  answer: string;
}

/** Records that may say a conversation, the likeliest first; `like` is a record of the file. */
type Writer = (messages: readonly Message[], like: DataRecord, tools: unknown[] | undefined) => DataRecord[];

/**
 * A file's format that has no entry cannot be written: slots are places in a text, and plain text has no answers.
 */
const writers: Record<string, Writer> = {
  chat: (messages, _, tools) => [{ messages, ...(tools && { tools }) }],
  mistral: mistralRecords,
  sharegpt: (messages, like, tools) => {
    const key = field(like, "conversation") === undefined ? "conversations" : "conversation";
    const spelled = rolesIn(field(like, key));
    const turns = (from: readonly Message[]) => from.map((message) => shareGptTurn(message, spelled));
    const [first, ...rest] = messages;
    const apart = first?.role === "system" ? [{ system: first.content, [key]: turns(rest) }] : [];
    const inside = [{ [key]: turns(messages) }, ...(hasRoles(field(like, key)) ? [{ [key]: messages }] : [])];
    const records = field(like, "system") === undefined ? [...inside, ...apart] : [...apart, ...inside];
    return tools ? records.map((record) => ({ ...record, tools: JSON.stringify(tools) })) : records;
  },
  gemini: geminiRecords,
  "prompt-completion": (messages, like, tools) => {
    const lists = [
      { prompt: messages.slice(0, -1), completion: messages.slice(-1), ...(tools && { tools }) },
    ];
    const texts = ofPair(messages, ({ system, question, answer }) => [
      { ...(system !== "" && { system }), prompt: question, completion: answer },
    ]);
    return Array.isArray(field(like, "prompt")) ? lists : [...texts, ...lists];
  },
  alpaca: (messages, like) => {
    const system = messages[0]?.role === "system" ? messages[0].content : "";
    const turns = messages.slice(system === "" ? 0 : 1).map(({ content }) => content);
    const history = Array.from({ length: turns.length / 2 - 1 }, (_, i) => turns.slice(2 * i, 2 * i + 2));
    const [instruction, output] = turns.slice(-2);
    return [
      {
        instruction,
        ...(field(like, "input") !== undefined && { input: "" }),
        output,
        ...(system !== "" && { system }),
        ...(history.length > 0 && { history }),
      },
    ];
  },
  pairs: namedColumns,
  "two-column": namedColumns,
};

/**
 * A record that `format` reads as this conversation (whose last message is the answer), spelled like those of the file.
 * Undefined where there is none.
 *
 * @param records the file's, of which the format reads at least one
 * @param columns of a file whose lines all have the same ones; no others may be used
 */
export function writtenRecord(
  messages: readonly Message[],
  records: readonly DataRecord[],
  format: string,
  options: { mapping?: ColumnMapping | undefined; columns?: readonly string[] } = {},
): DataRecord | undefined {
  const { mapping, columns } = options;
  const reader = mapping ? columnsFormat(mapping) : formats.find(({ name }) => name === format)!;
  const like = records.findLast((record) => !(readRow(record, reader) instanceof FieldError))!;
  const row: Row = { kind: "chat", messages: [...messages] };
  return recordsOf(row, reader, like).find(
    (record) => columns === undefined || Object.keys(record).every((key) => columns.includes(key)),
  );
}

/**
 * The records that `format` reads as this row, the likeliest first; none where it cannot say it.
 *
 * @param like shows how to spell: names of keys and roles, texts or lists
 * @returns with the reason, where it is known
 */
export function recordsOf(row: Row, format: Format, like: DataRecord): DataRecord[] {
  if (row.kind === "text") return isReadAs({ text: row.text }, format, row) ? [{ text: row.text }] : [];
  const write = format.mapping ? mappedColumns(format.mapping) : writers[format.name];
  // The format must find the row where it finds those of the file: with all their columns there.
  const others = write === namedColumns ? Object.fromEntries(Object.keys(like).map((key) => [key, ""])) : {};
  const written = write?.(row.messages, like, row.tools) ?? [];
  return written.filter((record) => isReadAs({ ...others, ...record }, format, row));
}

/** Whether the format reads this row in the record. */
export function isReadAs(record: DataRecord, format: Format, row: Row): boolean {
  const read = readRow(record, format);
  return !(read instanceof FieldError) && isSameRow(read, row);
}

/** Whether the same is learned from both. A weight of 1 is what a turn has without one. */
export function isSameRow(a: Row, b: Row): boolean {
  if (a.kind === "text" || b.kind === "text")
    return a.kind === "text" && b.kind === "text" && a.text === b.text;
  if (a.messages.length !== b.messages.length) return false;
  const areSame = a.messages.every((message, i) => isSameMessage(message, b.messages[i]!));
  return areSame && (a.tools === b.tools || isDeepStrictEqual(a.tools, b.tools));
}

function isSameMessage(a: Message, b: Message): boolean {
  if (a.content !== b.content || a.role !== b.role || (a.weight === 0) !== (b.weight === 0)) return false;
  const [extrasOfA, extrasOfB] = [extrasOf(a), extrasOf(b)];
  if (!extrasOfA || !extrasOfB) return extrasOfA === extrasOfB;
  return isDeepStrictEqual(extrasOfA, extrasOfB);
}

/** Keys beyond those that every message may have; undefined where there are none, as for nearly all. */
function extrasOf(message: Message): JsonObject | undefined {
  let extras: JsonObject | undefined;
  for (const key of Object.keys(message)) {
    if (key === "role" || key === "content" || key === "weight" || message[key] === undefined) continue;
    extras ??= {};
    extras[key] = message[key];
  }
  return extras;
}

/** A turn; a call of tools that says nothing else is one of its own kind. */
function shareGptTurn(message: Message, spelled: ReadonlyMap<string, string>): JsonObject {
  const { role, content, weight, tool_calls: calls } = message;
  if (content === "" && Array.isArray(calls)) {
    const called = calls.map((call: unknown) =>
      isJsonObject(call) ? (field(call, "function") ?? call) : call,
    );
    return { from: "function_call", value: JSON.stringify(called.length === 1 ? called[0] : called) };
  }
  return { from: spelled.get(role) ?? role, value: content, ...(weight === 0 && { weight }) };
}

function hasRoles(turns: unknown): boolean {
  return Array.isArray(turns) && turns.some((turn) => isJsonObject(turn) && Object.hasOwn(turn, "role"));
}

/** Question, answer and system message under names that the file's records have, whichever of them mean that. */
function namedColumns(messages: readonly Message[], like: DataRecord): DataRecord[] {
  return ofPair(messages, ({ system, question, answer }) => {
    const names = Object.keys(like);
    const systems = system === "" ? [undefined] : [...names, "system", "system_prompt"];
    return names.flatMap((asked) =>
      names.flatMap((given) =>
        systems
          .filter((name) => new Set([name, asked, given]).size === 3)
          .map((name) => ({
            ...(name !== undefined && { [name]: system }),
            [asked]: question,
            [given]: spelledLike(answer, field(like, given)),
          })),
      ),
    );
  });
}

function mappedColumns({ input, output, system: systemColumn }: ColumnMapping): Writer {
  return (messages, like) =>
    ofPair(messages, ({ system, question, answer }) => {
      if (system !== "" && systemColumn === undefined) return [];
      const record: { [key: string]: unknown } = {};
      if (systemColumn !== undefined) put(record, systemColumn, system, like);
      put(record, input, question, like);
      put(record, output, answer, like);
      return [record];
    });
}

/** Puts a value under a column's name, or inside, where the file's records have it inside ("userInput.text"). */
function put(record: { [key: string]: unknown }, path: string, text: string, like: DataRecord): void {
  const [key, ...inside] = Object.hasOwn(like, path) ? [path] : path.split(".");
  const known = field(like, key!);
  if (inside.length === 0) {
    record[key!] = spelledLike(text, known);
    return;
  }
  const inner = isJsonObject(record[key!]) ? (record[key!] as { [key: string]: unknown }) : {};
  put(inner, inside.join("."), text, isJsonObject(known) ? known : {});
  record[key!] = inner;
}

/** A number stays a number, and a JSON answer an object, where those of the file are: a column has one type. */
function spelledLike(text: string, like: unknown): unknown {
  if (typeof like === "string" || like === undefined || like === null) return text;
  try {
    const value: unknown = JSON.parse(text);
    const asText = typeof value === "object" ? JSON.stringify(value) : String(value);
    return typeof value === typeof like && asText === text ? value : text;
  } catch {
    return text;
  }
}

function ofPair(messages: readonly Message[], write: (pair: Pair) => DataRecord[]): DataRecord[] {
  const system = messages[0]?.role === "system" ? messages[0].content : "";
  const [asked, given, ...more] = messages.slice(system === "" ? 0 : 1);
  if (!asked || !given || more.length > 0) return [];
  return write({ system, question: asked.content, answer: given.content });
}

/** How the turns of a record spell the roles; the usual spelling for those it does not have. */
function rolesIn(turns: unknown): Map<string, string> {
  const spelled = new Map([
    ["user", "human"],
    ["assistant", "gpt"],
    ["tool", "observation"],
  ]);
  for (const turn of Array.isArray(turns) ? turns : []) {
    const from = isJsonObject(turn) ? field(turn, "from") : undefined;
    if (typeof from === "string" && from !== "function_call") spelled.set(roleOf(from, "from"), from);
  }
  return spelled;
}
