/** Turns of conversations and texts with their places, for `Format.parts`. Nothing here throws. */
import { isJsonObject } from "../../json/object.ts";
import type { Conversation, Parts, Path, Side, TextPart, Turn } from "../parts.ts";
import { type DataRecord, field } from "./format.ts";
import { knownRole } from "./messages.ts";

/** A list of messages, `{ role, content }` or `{ from, value }`. */
export function turnsIn(list: unknown, at: Path): Turn[] {
  if (!Array.isArray(list)) return [];
  return list.map((message: unknown, i) => turnAt(message, [...at, i]));
}

/** One message, `{ role, content }` or `{ from, value }`. */
export function turnAt(message: unknown, at: Path): Turn {
  if (!isJsonObject(message)) return { at, side: undefined, contentAt: at, content: undefined };
  const [roleKey, contentKey] =
    Object.hasOwn(message, "from") && !Object.hasOwn(message, "role")
      ? ["from", "value"]
      : ["role", "content"];
  const spelled = field(message, roleKey);
  return {
    at,
    side: knownRole(spelled),
    ...(spelled !== undefined && { role: { at: [...at, roleKey], spelled } }),
    contentAt: [...at, contentKey],
    content: field(message, contentKey),
    message,
  };
}

/** A field of the record as a turn; none where the record does not have it. */
export function fieldTurn(record: DataRecord, key: string, side: Side): Turn[] {
  const content = field(record, key);
  return content === undefined ? [] : [{ at: [key], side, contentAt: [key], content }];
}

/** The texts that a turn says: its content, or the text parts of it. */
export function textsOf({ side, contentAt, content }: Turn, rejected = false): TextPart[] {
  if (side === undefined) return [];
  const part = (at: Path, text: string): TextPart => ({
    at,
    text,
    side,
    // What was asked is the same for the better answer.
    ...(rejected && side === "assistant" && { rejected }),
  });
  if (typeof content === "string") return [part(contentAt, content)];
  if (!Array.isArray(content)) return [];
  return content.flatMap((item: unknown, i) => {
    if (typeof item === "string") return [part([...contentAt, i], item)];
    const text = isJsonObject(item) ? field(item, "text") : undefined;
    return typeof text === "string" ? [part([...contentAt, i, "text"], text)] : [];
  });
}

/** The parts of a record that is made of conversations. */
export function conversationParts(record: DataRecord, conversations: readonly Conversation[]): Parts {
  const tools = field(record, "tools");
  return {
    conversations,
    texts: conversations.flatMap(({ turns, kind }) =>
      turns.flatMap((turn) => textsOf(turn, kind === "rejected")),
    ),
    ...(tools !== undefined && { tools: { at: ["tools"], value: tools } }),
  };
}

/** The parts of a record whose turns are fields: question and answer. */
export function fieldParts(record: DataRecord, sides: Readonly<Record<string, Side>>): Parts {
  const turns = Object.entries(sides).flatMap(([key, side]) => fieldTurn(record, key, side));
  return conversationParts(record, [{ kind: "whole", turns }]);
}
