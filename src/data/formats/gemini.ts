/**
 * Gemini's tuning data on Vertex AI: { contents: [{ role: user | model, parts: [{ text }] }] } with optional
 * systemInstruction and tools. A model's functionCall becomes a tool call, a functionResponse the tool's answer.
 */
import { isJsonObject, type JsonObject } from "../../json/object.ts";
import type { Message } from "../../text/conversation.ts";
import type { Path, Turn } from "../parts.ts";
import { type DataRecord, FieldError, type Format, field } from "./format.ts";
import { knownRole, roleOf } from "./messages.ts";
import { conversationParts } from "./turns.ts";

export const gemini: Format = {
  name: "gemini",
  keys: "contents[].parts[].text (systemInstruction, tools)",

  recognise(record) {
    const contents = field(record, "contents");
    if (!Array.isArray(contents)) return 0;
    return contents.every((turn) => isJsonObject(turn) && Array.isArray(field(turn, "parts"))) ? 1 : 0.5;
  },

  toRow(record) {
    const contents = field(record, "contents");
    if (!Array.isArray(contents)) throw new FieldError("contents", "is not a list");
    if (contents.length === 0) throw new FieldError("contents", "is empty");
    const key = systemKey(record);
    const instruction = field(record, key);
    const system = instruction === undefined || instruction === null ? [] : said(instruction, key, "system");
    const tools = toolsOf(record);
    return {
      kind: "chat",
      messages: [...system, ...contents.flatMap((turn: unknown, i) => said(turn, `contents[${i}]`))],
      ...(tools.length > 0 && { tools }),
    };
  },

  parts(record) {
    const contents = field(record, "contents");
    const key = systemKey(record);
    const turns = [
      ...(field(record, key) === undefined ? [] : [turnOf(field(record, key), [key], "system")]),
      ...(Array.isArray(contents) ? contents.map((turn: unknown, i) => turnOf(turn, ["contents", i])) : []),
    ];
    return conversationParts(record, [{ kind: "whole", list: ["contents"], turns }]);
  },
};

/** Vertex AI takes both spellings. */
function systemKey(record: DataRecord): string {
  return field(record, "system_instruction") === undefined ? "systemInstruction" : "system_instruction";
}

/** A turn; without a role it is the user's, which only a single turn may be. */
function turnOf(value: unknown, at: Path, side?: "system"): Turn {
  if (!isJsonObject(value)) return { at, side, contentAt: at, content: value };
  const role = field(value, "role");
  return {
    at,
    side: side ?? (role === undefined ? "user" : knownRole(role)),
    ...(role !== undefined && side === undefined && { role: { at: [...at, "role"], spelled: role } }),
    contentAt: [...at, "parts"],
    content: field(value, "parts"),
    message: value,
  };
}

/** The messages that a turn says: its texts and calls as one, and one for the answer of each tool. */
function said(value: unknown, path: string, side?: "system"): Message[] {
  if (!isJsonObject(value)) throw new FieldError(path, "is not an object with role and parts");
  const parts = field(value, "parts");
  if (!Array.isArray(parts)) throw new FieldError(`${path}.parts`, "is not a list");
  const spelled = field(value, "role");
  const role = side ?? (spelled === undefined ? "user" : roleOf(spelled, `${path}.role`));
  const texts: string[] = [];
  const calls: unknown[] = [];
  const answers: Message[] = [];
  for (const [i, part] of parts.entries()) {
    const { text, call, answer } = partOf(part, `${path}.parts[${i}]`);
    if (text !== undefined) texts.push(text);
    if (call) calls.push({ type: "function", function: call });
    if (answer) answers.push(answer);
  }
  const content = texts.join("");
  if (role === "assistant" && content.trim() === "" && calls.length === 0) {
    throw new FieldError(`${path}.parts`, "is empty: an answer with nothing to learn");
  }
  const isSpoken = texts.length > 0 || calls.length > 0 || answers.length === 0;
  const message = { role, content, ...(calls.length > 0 && { tool_calls: calls }) };
  return [...(isSpoken ? [message] : []), ...answers];
}

interface Part {
  text?: string;
  call?: JsonObject;
  answer?: Message;
}

function partOf(part: unknown, path: string): Part {
  if (!isJsonObject(part)) throw new FieldError(path, "is not an object with a text");
  const text = field(part, "text");
  if (typeof text === "string") return { text };
  const call = field(part, "functionCall");
  if (isJsonObject(call)) return { call: { name: named(call, path), arguments: field(call, "args") ?? {} } };
  const response = field(part, "functionResponse");
  if (isJsonObject(response)) {
    const content = JSON.stringify(field(response, "response") ?? {});
    return { answer: { role: "tool", name: named(response, path), content } };
  }
  const kind = Object.keys(part)[0];
  throw new FieldError(path, kind === undefined ? "is empty" : `is "${kind}"; only text can be learned`);
}

function named(value: JsonObject, path: string): string {
  const name = field(value, "name");
  if (typeof name !== "string") throw new FieldError(path, "has no function name");
  return name;
}

/** The declarations as OpenAI's format spells them, which templates expect. */
function toolsOf(record: DataRecord): unknown[] {
  const tools = field(record, "tools") ?? [];
  if (!Array.isArray(tools)) throw new FieldError("tools", "is not a list of tool declarations");
  return tools.flatMap((tool: unknown) => {
    const declared = isJsonObject(tool)
      ? (field(tool, "functionDeclarations") ?? field(tool, "function_declarations"))
      : undefined;
    return Array.isArray(declared)
      ? declared.map((each: unknown) => ({ type: "function", function: each }))
      : [];
  });
}
