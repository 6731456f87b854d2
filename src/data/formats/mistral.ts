/**
 * Conversations as mistral-finetune has them beside plain chat: { interactions: [{ role, text }], system_prompt,
 * available_tools, only_last }. The list may be called `messages`, a message's text `content`, and the tools `tools`.
 * With `only_last`, answers before the last are context.
 */
import { isJsonObject, type JsonObject } from "../../json/object.ts";
import type { Message } from "../../text/conversation.ts";
import type { Path, Turn } from "../parts.ts";
import { type DataRecord, FieldError, type Format, field, optionalText } from "./format.ts";
import { messageOf, toolsOf } from "./messages.ts";
import { conversationParts, fieldTurn, turnAt } from "./turns.ts";

/** Plain chat among such rows is read like them; elsewhere it is chat. */
const plain = 0.2;

export const mistral: Format = {
  name: "mistral",
  keys: "interactions or messages with content or text (system_prompt, available_tools, only_last)",

  recognise(record) {
    const list = field(record, listKey(record));
    if (!Array.isArray(list)) return 0;
    if (field(record, "interactions") === undefined && !isMarked(record, list)) return plain;
    return list.every((turn) => isJsonObject(turn) && field(turn, "role") !== undefined) ? 1 : 0.5;
  },

  toRow(record) {
    const key = listKey(record);
    const list = field(record, key);
    if (!Array.isArray(list)) throw new FieldError(key, "is not a list");
    if (list.length === 0) throw new FieldError(key, "is empty");
    const system = optionalText(record, "system_prompt");
    const tools = toolsOf(record, toolsKey(record));
    const said = list.map((each: unknown, i) => messageOf(each, `${key}[${i}]`, textKey(each)));
    return {
      kind: "chat",
      messages: [
        ...(system.trim() === "" ? [] : [{ role: "system", content: system }]),
        ...(field(record, "only_last") === true ? lastAlone(said) : said),
      ],
      ...(tools && { tools }),
    };
  },

  parts(record) {
    const key = listKey(record);
    const list = field(record, key);
    const turns = [
      ...fieldTurn(record, "system_prompt", "system"),
      ...(Array.isArray(list) ? list.map((each: unknown, i) => turnOf(each, [key, i])) : []),
    ];
    const parts = conversationParts(record, [{ kind: "whole", list: [key], turns }]);
    const at = toolsKey(record);
    const tools = field(record, at);
    return tools === undefined ? parts : { ...parts, tools: { at: [at], value: tools } };
  },
};

function listKey(record: DataRecord): "interactions" | "messages" {
  return field(record, "interactions") === undefined ? "messages" : "interactions";
}

function toolsKey(record: DataRecord): "available_tools" | "tools" {
  return field(record, "available_tools") === undefined ? "tools" : "available_tools";
}

function textKey(message: unknown): "content" | "text" {
  const isText = isJsonObject(message) && (field(message, "content") ?? undefined) === undefined;
  return isText && field(message, "text") !== undefined ? "text" : "content";
}

/** Something in it that plain chat does not have. */
function isMarked(record: DataRecord, messages: readonly unknown[]): boolean {
  if (field(record, "available_tools") !== undefined) return true;
  if (typeof field(record, "only_last") === "boolean") return true;
  let hasSystem = false;
  for (const message of messages) {
    if (!isJsonObject(message)) return false;
    if (message.role !== undefined && textKey(message) === "text") return true;
    hasSystem ||= message.role === "system";
  }
  // Elsewhere a second key for the same is a note about the row.
  return !hasSystem && typeof field(record, "system_prompt") === "string";
}

function lastAlone(messages: readonly Message[]): Message[] {
  const last = messages.length - 1;
  return messages.map((message, i) =>
    i < last && message.role === "assistant" ? { ...message, weight: 0 } : message,
  );
}

function turnOf(message: unknown, at: Path): Turn {
  const turn = turnAt(message, at);
  if (textKey(message) === "content") return turn;
  return { ...turn, contentAt: [...at, "text"], content: field(message as JsonObject, "text") };
}
