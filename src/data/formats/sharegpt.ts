/**
 * ShareGPT: { conversations: [{ from, value }] } with optional system and tools, roles human, gpt, observation,
 * function_call … as LLaMA-Factory's data/README.md has it. Turns spelled { role, content } are read too.
 */
import { isJsonObject } from "../../json/object.ts";
import type { Message } from "../../text/conversation.ts";
import { asText, type DataRecord, FieldError, type Format, field, optionalText } from "./format.ts";
import { isLeftOut, messageOf, parseJson, roleOf, toolCallsOf, toolsOf } from "./messages.ts";
import { conversationParts, fieldTurn, turnsIn } from "./turns.ts";

export const sharegpt: Format = {
  name: "sharegpt",
  keys: "conversations (system, tools)",

  recognise(record) {
    const turns = turnsOf(record);
    if (!Array.isArray(turns)) return 0;
    return turns.every((turn) => isJsonObject(turn) && Object.hasOwn(turn, "from")) ? 1 : 0.5;
  },

  toRow(record) {
    const turns = turnsOf(record);
    if (!Array.isArray(turns)) throw new FieldError("conversations", "is not a list");
    if (turns.length === 0) throw new FieldError("conversations", "is empty");
    const system = optionalText(record, "system");
    const first: Message[] = system.trim() === "" ? [] : [{ role: "system", content: system }];
    const tools = toolsOf(record);
    return {
      kind: "chat",
      messages: [...first, ...turns.map((turn, i) => turnOf(turn, `conversations[${i}]`))],
      ...(tools && { tools }),
    };
  },

  parts(record) {
    const key = field(record, "conversations") === undefined ? "conversation" : "conversations";
    const turns = [...fieldTurn(record, "system", "system"), ...turnsIn(turnsOf(record), [key])];
    return conversationParts(record, [{ kind: "whole", list: [key], turns }]);
  },
};

function turnsOf(record: DataRecord): unknown {
  return field(record, "conversations") ?? field(record, "conversation");
}

function turnOf(turn: unknown, path: string): Message {
  if (!isJsonObject(turn)) throw new FieldError(path, "is not an object with from and value");
  if (!Object.hasOwn(turn, "from") && Object.hasOwn(turn, "role")) return messageOf(turn, path);
  const role = roleOf(field(turn, "from"), `${path}.from`);
  const value = asText(field(turn, "value"), `${path}.value`);
  if (turn.from === "function_call") {
    const call = parseJson(value, `${path}.value`);
    const calls = toolCallsOf(Array.isArray(call) ? call : [call], `${path}.value`);
    return { role, content: "", tool_calls: calls.map((called) => ({ type: "function", function: called })) };
  }
  if (role === "assistant" && value.trim() === "") {
    throw new FieldError(`${path}.value`, "is empty: an answer with nothing to learn");
  }
  return weighted({ role, content: value }, turn);
}

function weighted(message: Message, turn: DataRecord): Message {
  return isLeftOut(turn) ? { ...message, weight: 0 } : message;
}
