/** What can be left out of a row, the least first, until a format can say the rest. */
import { isJsonObject, type JsonObject } from "../../json/object.ts";
import type { Message, Row } from "../../text/conversation.ts";
import { field } from "../formats/format.ts";
import { openAiMessageKeys } from "./forms.ts";

interface Reduction {
  what: string | ((row: Row, before: Row, after: Row) => string[]);
  /** Undefined where the row has no such thing. */
  reduce(row: Row): Row | undefined;
}

const reductions: readonly Reduction[] = [
  {
    what: "carriage returns at the ends of lines",
    reduce: ofTexts((text) => text.replace(/\r\n?/g, "\n")),
  },
  {
    what: "blanks around a text",
    reduce: (row) => {
      if (row.kind !== "text") return undefined;
      const text = row.text.replace(/^(?:[ \t]*\r?\n)+/, "").trimEnd();
      return text === row.text ? undefined : { kind: "text", text };
    },
  },
  {
    what: "weights: turns that are not to be learned will be",
    reduce: ofMessages((messages) => messages.map(({ weight: _, ...rest }) => rest as Message)),
  },
  {
    what: keysLost,
    reduce: ofMessages((messages) =>
      messages.map((message) => {
        const known = Object.entries(message).filter(([key]) => openAiMessageKeys.has(key));
        return Object.fromEntries(known) as Message;
      }),
    ),
  },
  { what: "ids of tool calls", reduce: ofMessages(withoutIds) },
  {
    what: "the form of tools' answers, which are put into an object",
    reduce: ofMessages((all) => all.map(asObject)),
  },
  {
    what: keysLost,
    reduce: ofMessages((messages) => messages.map((message) => bare(message, message.role === "tool"))),
  },
  { what: keysLost, reduce: ofMessages((messages) => messages.map((message) => bare(message, false))) },
  {
    what: "declarations of tools",
    reduce: (row) =>
      row.kind === "chat" && row.tools ? { kind: "chat", messages: row.messages } : undefined,
  },
  { what: "calls of tools, and their answers", reduce: ofMessages(withoutCalls) },
  {
    what: "system messages",
    reduce: ofMessages((messages) => messages.filter(({ role }) => role !== "system")),
  },
  { what: "earlier turns: the last question and its answer stay", reduce: ofMessages(lastPair) },
];

/**
 * The row that leaves out least and passes.
 *
 * @returns with what is left out, in words; undefined where nothing passes
 */
export function reduced<T>(
  row: Row,
  pass: (row: Row) => T | undefined,
): { passed: T; row: Row; losses: string[] } | undefined {
  const whole = pass(row);
  if (whole !== undefined) return { passed: whole, row, losses: [] };
  let chosen: Reduction[] = [];
  let found: { passed: T; row: Row } | undefined;
  let now = row;
  for (const reduction of reductions) {
    const next = reduction.reduce(now);
    if (!next) continue;
    now = next;
    chosen.push(reduction);
    const passed = pass(now);
    if (passed === undefined) continue;
    found = { passed, row: now };
    break;
  }
  if (!found) return undefined;
  // What was left out on the way may be none of the obstacles.
  for (const reduction of [...chosen]) {
    const fewer = chosen.filter((each) => each !== reduction);
    const other = fewer.reduce((so, { reduce }) => reduce(so) ?? so, row);
    const passed = pass(other);
    if (passed === undefined) continue;
    chosen = fewer;
    found = { passed, row: other };
  }
  let before = row;
  const losses = chosen.flatMap(({ what, reduce }) => {
    const after = reduce(before) ?? before;
    const lost = typeof what === "string" ? [what] : what(row, before, after);
    before = after;
    return lost;
  });
  return { ...found, losses };
}

/** The keys that messages had, and have no more. */
function keysLost(row: Row, before: Row, after: Row): string[] {
  const keys = (of: Row) =>
    new Set(of.kind === "chat" ? of.messages.flatMap((each) => Object.keys(each)) : []);
  const [had, left] = [keys(row), keys(after)];
  const lost = [...keys(before)].filter((key) => had.has(key) && !left.has(key));
  return lost.map((key) => `the key ${JSON.stringify(key)} of messages`);
}

function bare({ role, content, name, weight, tool_calls: calls }: Message, isNamed: boolean): Message {
  return {
    role,
    content,
    ...(isNamed && name !== undefined && { name }),
    ...(weight !== undefined && { weight }),
    ...(calls !== undefined && { tool_calls: calls }),
  };
}

function ofMessages(change: (messages: readonly Message[]) => Message[]): Reduction["reduce"] {
  return (row) => {
    if (row.kind !== "chat") return undefined;
    const messages = change(row.messages);
    return JSON.stringify(messages) === JSON.stringify(row.messages) ? undefined : { ...row, messages };
  };
}

function ofTexts(change: (text: string) => string): Reduction["reduce"] {
  return (row) => {
    const next: Row =
      row.kind === "text"
        ? { kind: "text", text: change(row.text) }
        : { ...row, messages: row.messages.map((each) => ({ ...each, content: change(each.content) })) };
    return JSON.stringify(next) === JSON.stringify(row) ? undefined : next;
  };
}

/** A tool's answer says which tool it is from by name, where that is known. */
function withoutIds(messages: readonly Message[]): Message[] {
  const names = new Map<unknown, unknown>();
  return messages.map((message) => {
    const { tool_calls: calls, tool_call_id: id, ...rest } = message;
    const { name } = message;
    const known = name ?? names.get(id);
    if (Array.isArray(calls))
      for (const call of calls) if (isJsonObject(call)) names.set(call.id, calledBy(call).name);
    return {
      ...(rest as Message),
      ...(message.role === "tool" && known !== undefined && { name: known }),
      ...(Array.isArray(calls) && { tool_calls: calls.map(plainCall) }),
    };
  });
}

function plainCall(call: unknown): JsonObject {
  const { name, arguments: args } = calledBy(call);
  return { type: "function", function: { name, arguments: args } };
}

function calledBy(call: unknown): JsonObject {
  const inner = isJsonObject(call) ? (field(call, "function") ?? call) : {};
  return isJsonObject(inner) ? inner : {};
}

function asObject(message: Message): Message {
  if (message.role !== "tool" || isObjectText(message.content)) return message;
  return { ...message, content: JSON.stringify({ result: message.content }) };
}

/** As it would be written again: with other blanks it is another text. */
function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && JSON.stringify(value) === text;
  } catch {
    return false;
  }
}

function withoutCalls(messages: readonly Message[]): Message[] {
  return messages.flatMap(({ tool_calls: calls, ...rest }) => {
    const message = rest as Message;
    return message.role === "tool" || (calls !== undefined && message.content === "") ? [] : [message];
  });
}

function lastPair(messages: readonly Message[]): Message[] {
  const [first] = messages;
  const pair = messages.slice(-2);
  if (pair[0]?.role !== "user" || pair[1]?.role !== "assistant") return [...messages];
  return first?.role === "system" ? [first, ...pair] : pair;
}
