/** Writes a conversation as Gemini's tuning data has it: the other way round from `formats/gemini.ts`. */
import { isJsonObject, type JsonObject } from "../json/object.ts";
import type { Message } from "../text/conversation.ts";
import { type DataRecord, field } from "./formats/format.ts";

/** None where a call or a tool's answer has no such form. */
export function geminiRecords(
  messages: readonly Message[],
  like: DataRecord,
  tools: unknown[] | undefined,
): DataRecord[] {
  const [first, ...rest] = messages;
  const isFramed = first?.role === "system";
  const systemKey =
    field(like, "system_instruction") === undefined ? "systemInstruction" : "system_instruction";
  const contents = contentsOf(isFramed ? rest : messages);
  const declared = (tools ?? []).map((tool) => (isJsonObject(tool) ? field(tool, "function") : undefined));
  if (!contents || declared.includes(undefined)) return [];
  return [
    {
      ...(isFramed && { [systemKey]: { role: "system", parts: [{ text: first.content }] } }),
      contents,
      ...(tools && { tools: [{ functionDeclarations: declared }] }),
    },
  ];
}

/** Answers of tools that follow each other are one turn. */
function contentsOf(messages: readonly Message[]): JsonObject[] | undefined {
  const contents: { role: string; parts: JsonObject[] }[] = [];
  for (const [i, message] of messages.entries()) {
    const parts = partsOf(message);
    if (!parts) return undefined;
    const isMore = message.role === "tool" && messages[i - 1]?.role === "tool";
    if (isMore) contents.at(-1)!.parts.push(...parts);
    else contents.push({ role: message.role === "assistant" ? "model" : "user", parts });
  }
  return contents;
}

function partsOf({ role, content, name, tool_calls: calls }: Message): JsonObject[] | undefined {
  if (role === "tool") {
    const response = parsedObject(content);
    return response && typeof name === "string" ? [{ functionResponse: { name, response } }] : undefined;
  }
  if (role !== "user" && role !== "assistant") return undefined;
  const called = (Array.isArray(calls) ? calls : []).map((call: unknown) => {
    const { name: toCall, arguments: args } = callIn(call);
    return { functionCall: { name: toCall, args } };
  });
  return [...(content === "" && called.length > 0 ? [] : [{ text: content }]), ...called];
}

function callIn(call: unknown): JsonObject {
  const inner = isJsonObject(call) ? (field(call, "function") ?? call) : {};
  return isJsonObject(inner) ? inner : {};
}

function parsedObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
