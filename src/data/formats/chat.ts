/**
 * Chat messages, as OpenAI's fine-tuning and TRL have them: { messages: [{ role, content }] } with optional tools.
 * A message may carry `weight` 0 or 1, tool_calls and further keys for the template. Bedrock and Anthropic keep the
 * system message beside the list: { system, messages }.
 */
import { isJsonObject } from "../../json/object.ts";
import { FieldError, type Format, field } from "./format.ts";
import { contentOf, messageOf, toolsOf } from "./messages.ts";
import { conversationParts, fieldTurn, turnsIn } from "./turns.ts";

export const chat: Format = {
  name: "chat",
  keys: "messages (system, tools)",

  recognise(record) {
    const messages = field(record, "messages");
    if (!Array.isArray(messages)) return 0;
    return messages.every((message) => isJsonObject(message) && field(message, "role") !== undefined)
      ? 1
      : 0.5;
  },

  toRow(record) {
    const messages = field(record, "messages");
    if (!Array.isArray(messages)) throw new FieldError("messages", "is not a list");
    if (messages.length === 0) throw new FieldError("messages", "is empty");
    const tools = toolsOf(record);
    const system = contentOf(field(record, "system"), "system", true);
    return {
      kind: "chat",
      messages: [
        ...(system.trim() === "" ? [] : [{ role: "system", content: system }]),
        ...messages.map((message, i) => messageOf(message, `messages[${i}]`)),
      ],
      ...(tools && { tools }),
    };
  },

  parts(record) {
    const turns = [
      ...fieldTurn(record, "system", "system"),
      ...turnsIn(field(record, "messages"), ["messages"]),
    ];
    return conversationParts(record, [{ kind: "whole", list: ["messages"], turns }]);
  },
};
