/**
 * Turns of conversations and texts with their places, for `Format.parts`. Nothing here throws, and nothing here is
 * elegant where that would cost time: it is done for every record of a file.
 */
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
  const isSharegpt = Object.hasOwn(message, "from") && !Object.hasOwn(message, "role");
  const roleKey = isSharegpt ? "from" : "role";
  const contentKey = isSharegpt ? "value" : "content";
  const spelled = field(message, roleKey);
  const turn: Turn = {
    at,
    side: knownRole(spelled),
    contentAt: [...at, contentKey],
    content: field(message, contentKey),
    message,
  };
  if (spelled !== undefined) turn.role = { at: [...at, roleKey], spelled };
  return turn;
}

/** A field of the record as a turn; none where the record does not have it. */
export function fieldTurn(record: DataRecord, key: string, side: Side): Turn[] {
  const turns: Turn[] = [];
  addFieldTurn(turns, record, key, side);
  return turns;
}

function addFieldTurn(turns: Turn[], record: DataRecord, key: string, side: Side): void {
  const content = field(record, key);
  if (content === undefined) return;
  const at = [key];
  turns.push({ at, side, contentAt: at, content });
}

/** The texts that a turn says: its content, or the text parts of it. */
export function textsOf(turn: Turn, rejected = false): TextPart[] {
  const texts: TextPart[] = [];
  addTexts(texts, turn, rejected);
  return texts;
}

function addTexts(texts: TextPart[], { side, contentAt, content }: Turn, rejected: boolean): void {
  if (side === undefined) return;
  const add = (at: Path, text: string) => {
    const part: TextPart = { at, text, side };
    // What was asked is the same for the better answer.
    if (rejected && side === "assistant") part.rejected = true;
    texts.push(part);
  };
  if (typeof content === "string") {
    add(contentAt, content);
    return;
  }
  if (!Array.isArray(content)) return;
  for (let i = 0; i < content.length; i++) {
    const item: unknown = content[i];
    const text = isJsonObject(item) ? field(item, "text") : undefined;
    if (typeof item === "string") add([...contentAt, i], item);
    else if (typeof text === "string") add([...contentAt, i, "text"], text);
  }
}

/** The parts of a record that is made of conversations. */
export function conversationParts(record: DataRecord, conversations: readonly Conversation[]): Parts {
  const texts: TextPart[] = [];
  for (const { turns, kind } of conversations) {
    for (const turn of turns) addTexts(texts, turn, kind === "rejected");
  }
  const parts: Parts = { conversations, texts };
  const tools = field(record, "tools");
  if (tools !== undefined) parts.tools = { at: ["tools"], value: tools };
  return parts;
}

/** The parts of a record whose turns are fields: question and answer. */
export function fieldParts(
  record: DataRecord,
  sides: readonly (readonly [key: string, side: Side])[],
): Parts {
  const turns: Turn[] = [];
  for (const [key, side] of sides) addFieldTurn(turns, record, key, side);
  return conversationParts(record, [{ kind: "whole", turns }]);
}
