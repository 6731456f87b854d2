/** Conversations as mistral-finetune takes them: see formats/mistral.ts. */
import { isJsonObject, type JsonObject } from "../json/object.ts";
import type { Message } from "../text/conversation.ts";
import { type DataRecord, field } from "./formats/format.ts";

/** Spelled as the file's records are: which of two names each key has. */
export function mistralRecords(
  messages: readonly Message[],
  like: DataRecord,
  tools: unknown[] | undefined,
): DataRecord[] {
  const list = field(like, "interactions") === undefined ? "messages" : "interactions";
  const known = field(like, list);
  const first: unknown = Array.isArray(known) ? known[0] : undefined;
  const isContent = isJsonObject(first) ? field(first, "content") !== undefined : list === "messages";
  const declared = field(like, "tools") === undefined ? "available_tools" : "tools";
  const system = messages[0]?.role === "system" ? messages[0].content : "";
  const said = (from: readonly Message[]) => from.map((message) => written(message, !isContent));
  const around = (turns: readonly Message[]) => ({
    [list]: said(turns),
    ...(tools && { [declared]: tools }),
  });
  const inside = around(messages);
  return system === "" ? [inside] : [{ system_prompt: system, ...around(messages.slice(1)) }, inside];
}

/** It wants arguments as text, and content beside calls absent. */
function written({ content, tool_calls: calls, ...rest }: Message, isText: boolean): JsonObject {
  const key = isText ? "text" : "content";
  if (!Array.isArray(calls)) return { ...rest, [key]: content };
  return { ...rest, ...(content !== "" && { [key]: content }), tool_calls: calls.map(withTextArguments) };
}

function withTextArguments(call: unknown): unknown {
  const called = isJsonObject(call) ? field(call, "function") : undefined;
  if (!isJsonObject(call) || !isJsonObject(called)) return call;
  const given = field(called, "arguments");
  const text = typeof given === "string" ? given : JSON.stringify(given ?? {});
  return { ...call, function: { ...called, arguments: text } };
}
