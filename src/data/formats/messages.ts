/** Reads one turn of a conversation, whatever the format calls its parts. */
import { isJsonObject } from "../../json/object.ts";
import { nearest } from "../../protocol/suggest.ts";
import type { Message } from "../../text/conversation.ts";
import type { Side } from "../parts.ts";
import { asText, type DataRecord, FieldError, field } from "./format.ts";

/** Roles as formats spell them, and what chat templates call them. */
const roles: ReadonlyMap<string, Side> = new Map(
  Object.entries<Side>({
    system: "system",
    developer: "system",
    user: "user",
    human: "user",
    prompter: "user",
    assistant: "assistant",
    gpt: "assistant",
    model: "assistant",
    bot: "assistant",
    chatgpt: "assistant",
    chatbot: "assistant",
    tool: "tool",
    function: "tool",
    observation: "tool",
    function_response: "tool",
    ipython: "tool",
    function_call: "assistant",
  }),
);

/** The template's name for a role. Throws, with the nearest known one, for a role that no format has. */
export function roleOf(value: unknown, path: string): string {
  const spelled = asText(value, path);
  const role = roles.get(spelled.toLowerCase());
  if (role !== undefined) return role;
  const meant = nearest(spelled, roles.keys());
  throw new FieldError(path, `is "${spelled}", not a role${meant ? `; did you mean "${meant}"?` : ""}`);
}

/** As `roleOf`, for a role that may be anything. */
export function knownRole(spelled: unknown): Side | undefined {
  return typeof spelled === "string" ? (roles.get(spelled) ?? roles.get(spelled.toLowerCase())) : undefined;
}

/** How roles are spelled, and what they are. */
export const roleSpellings: ReadonlyMap<string, Side> = roles;

/**
 * A message in OpenAI's form: { role, content, … }. Keys beyond these are kept for the template.
 *
 * @param key of its content
 */
export function messageOf(value: unknown, path: string, key = "content"): Message {
  if (!isJsonObject(value)) throw new FieldError(path, "is not an object with role and content");
  const { function_call: legacyCall, ...rest } = value;
  const role = roleOf(field(value, "role"), `${path}.role`);
  const calls =
    field(value, "tool_calls") ??
    (isJsonObject(legacyCall) ? [{ type: "function", function: legacyCall }] : undefined);
  const message: Message = {
    ...rest,
    role,
    content: contentOf(field(value, key), `${path}.${key}`, calls !== undefined),
  };
  if (key !== "content") delete message[key];
  if (role === "assistant" && isLeftOut(value)) message.weight = 0;
  // That is said by the weight now.
  if (Object.hasOwn(message, "train")) delete message.train;
  checkWeight(value, path);
  if (calls === undefined || (Array.isArray(calls) && calls.length === 0)) delete message.tool_calls;
  else message.tool_calls = toolCallsOf(calls, `${path}.tool_calls`);
  if (role === "assistant" && message.tool_calls === undefined && message.content.trim() === "") {
    throw new FieldError(`${path}.${key}`, "is empty: an answer with nothing to learn");
  }
  return message;
}

/**
 * Whether a message stays in the context without being learned: by a weight of 0, or as Axolotl says it, by
 * `train: false`. Where Axolotl learns some stretches of it nevertheless, it is learned.
 */
export function isLeftOut(message: DataRecord): boolean {
  if (field(message, "weight") === 0) return true;
  return field(message, "train") === false && !trainsStretch(field(message, "train_detail"));
}

function trainsStretch(details: unknown): boolean {
  return Array.isArray(details) && details.some((each) => isJsonObject(each) && each.train === true);
}

/** Text, or a list of text parts, joined; nothing is allowed beside tool calls. */
export function contentOf(value: unknown, path: string, mayBeAbsent: boolean): string {
  if ((value === null || value === undefined) && mayBeAbsent) return "";
  if (!Array.isArray(value)) return asText(value, path);
  return value
    .map((part: unknown, i) => {
      if (isJsonObject(part) && typeof field(part, "text") === "string") return field(part, "text") as string;
      const type = isJsonObject(part) ? String(field(part, "type")) : typeof part;
      throw new FieldError(`${path}[${i}]`, `is a part of type "${type}"; only text can be learned`);
    })
    .join("");
}

function checkWeight(message: DataRecord, path: string): void {
  const weight = field(message, "weight");
  if (weight !== undefined && weight !== 0 && weight !== 1) {
    throw new FieldError(`${path}.weight`, `is ${JSON.stringify(weight)}; it must be 0 (not learned) or 1`);
  }
}

/**
 * Tool calls as templates print them: `arguments` an object. OpenAI's spelling has it as a JSON string, which
 * a template's `tojson` would quote a second time.
 */
export function toolCallsOf(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw new FieldError(path, "is not a list");
  return value.map((call: unknown, i) => {
    const at = `${path}[${i}]`;
    const called = isJsonObject(call) ? (field(call, "function") ?? call) : undefined;
    if (!isJsonObject(called) || typeof field(called, "name") !== "string") {
      throw new FieldError(at, "has no function name");
    }
    const given = field(called, "arguments") ?? {};
    const parsed = {
      ...called,
      arguments: typeof given === "string" ? parseJson(given, `${at}.arguments`) : given,
    };
    return isJsonObject(call) && isJsonObject(field(call, "function"))
      ? { ...call, function: parsed }
      : parsed;
  });
}

/** The `tools` of a row: a list, or (in ShareGPT files) that list as a JSON string. */
export function toolsOf(record: DataRecord, key = "tools"): unknown[] | undefined {
  const value = field(record, key);
  if (value === undefined || value === null || value === "") return undefined;
  const tools = typeof value === "string" ? parseJson(value, key) : value;
  if (!Array.isArray(tools)) throw new FieldError(key, "is not a list of tool declarations");
  return tools.length === 0 ? undefined : tools;
}

export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FieldError(path, "is not valid JSON");
  }
}
