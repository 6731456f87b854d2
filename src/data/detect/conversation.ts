/** What rules about turns share: which turns stand in a list, where a conversation begins, edits of turns. */
import { isJsonObject } from "../../json/object.ts";
import type { Format } from "../formats/format.ts";
import type { Conversation, Parts, Path, Side, Turn } from "../parts.ts";
import type { RecordEdit, Target } from "../rules/rule.ts";

/** The formats that a target reads, where it does not read nearly all. */
const formatsOf: Partial<Record<Target, readonly string[]>> = {
  openai: ["chat", "openai-preference"],
  mistral: ["chat", "mistral"],
  gemini: ["gemini"],
  "mlx-lm": ["chat", "prompt-completion"],
  "llama-factory": ["chat", "sharegpt", "alpaca", "preference", "kto"],
};

/**
 * By whose habits a record is judged. One in a format that the target does not read has to be converted first; what
 * the target would say of its roles and calls then is no matter of this row.
 */
export function judgedAs(target: Target, format: Format | undefined): Target {
  const read = formatsOf[target];
  return read === undefined || (format && read.includes(format.name)) ? target : "tunesmith";
}

let last: { parts: Parts; orderly: boolean } | undefined;

/**
 * Nearly every record: a system message or none, then user and assistant by turns, each conversation ending where it
 * should. Rules about the order of turns have nothing to look for. Found once a record, for all of them.
 */
export function isOrderly(parts: Parts): boolean {
  if (last?.parts === parts) return last.orderly;
  const orderly = parts.conversations.every(isInOrder);
  last = { parts, orderly };
  return orderly;
}

function isInOrder({ kind, turns, list }: Conversation): boolean {
  if (!list) return true;
  // Answers to compare have rules of their own, and may hold the prompt.
  if (kind === "chosen" || kind === "rejected") return turns.length === 1 && turns[0]!.side === "assistant";
  let asks = kind !== "completion";
  for (let i = asks && turns[0]?.side === "system" ? 1 : 0; i < turns.length; i++) {
    if (turns[i]!.side !== (asks ? "user" : "assistant")) return false;
    asks = !asks;
  }
  return turns.length > 0 && asks === (kind !== "prompt") && turns.at(-1)!.side !== "system";
}

/** The turns inside the list, without a system message that is a field beside it. */
export function listedTurns({ list, turns }: Conversation): readonly Turn[] {
  if (!list) return [];
  const [first] = turns;
  return first && first.at.length <= list.length ? turns.slice(1) : turns;
}

/** The turns that are no system message and the side of each is known; undefined where one is not. */
export function spokenTurns(conversation: Conversation): readonly Turn[] | undefined {
  const { turns } = conversation;
  let systems = 0;
  for (const { side } of turns) {
    if (side === undefined) return undefined;
    if (side === "system") systems++;
  }
  return systems === 0 ? turns : turns.filter(({ side }) => side !== "system");
}

/** It begins a conversation: nothing of another list comes before its turns. */
export function isOpening(conversation: Conversation, { conversations }: Parts): boolean {
  const { kind } = conversation;
  if (kind === "whole" || kind === "prompt") return true;
  if (kind === "completion" || !conversation.list) return false;
  // Both answers may hold the prompt themselves; a prompt that is a text is then only a copy of it (UltraFeedback).
  const isAsked = conversations.some((other) => other.kind === "prompt" && other.list !== undefined);
  return !isAsked && conversation.turns[0]?.side !== "assistant";
}

/** A conversation that is learned from: its answers stand in a list. */
export function isLearned({ kind, list }: Conversation): boolean {
  return list !== undefined && (kind === "whole" || kind === "completion");
}

export function hasAssistant(turns: readonly Turn[]): boolean {
  return turns.some(({ side }) => side === "assistant");
}

export function removalOf(turns: readonly Turn[]): RecordEdit[] {
  return turns.map(({ at }) => ({ kind: "remove", at }));
}

/** Between texts that become one. */
export const between = "\n\n";

/** Keys that say no more than who speaks and what. */
const plainKeys = new Set(["role", "from", "content", "value"]);

function isPlain({ message, content }: Turn): boolean {
  return (
    message !== undefined &&
    typeof content === "string" &&
    Object.keys(message).every((key) => plainKeys.has(key))
  );
}

/**
 * Makes one turn of several: their texts under one another, in the first, or in the one that says more than a text (a
 * call, a weight). Undefined where several do, or a content is no text.
 */
export function mergeEdits(turns: readonly Turn[]): RecordEdit[] | undefined {
  const rich = turns.filter((turn) => !isPlain(turn));
  if (rich.length > 1) return undefined;
  const kept = rich[0] ?? turns[0]!;
  // What is learned now would not be any more.
  if (kept.message?.weight === 0 || kept.message?.train === false) return undefined;
  const at = turns.indexOf(kept);
  const texts = (some: readonly Turn[]) =>
    some.map(({ content }) => content as string).filter((text) => text !== "");
  const before = texts(turns.slice(0, at));
  const after = texts(turns.slice(at + 1));
  const others = removalOf(turns.filter((turn) => turn !== kept));
  if (before.length + after.length === 0) return others;
  const { content, contentAt, message } = kept;
  if (typeof content === "string") {
    const glue = content === "" ? "" : between;
    const head = before.length === 0 ? "" : before.join(between) + glue;
    const tail =
      after.length === 0 ? "" : (content === "" && head === "" ? "" : between) + after.join(between);
    const edits: RecordEdit[] = [];
    if (head !== "") edits.push({ kind: "text", at: contentAt, span: [0, 0], text: head });
    if (tail !== "")
      edits.push({ kind: "text", at: contentAt, span: [content.length, content.length], text: tail });
    return [...edits, ...others];
  }
  if (content !== null && content !== undefined) return undefined;
  const value = [...before, ...after].join(between);
  const isThere = message !== undefined && Object.hasOwn(message, contentAt.at(-1) as string);
  return [{ kind: isThere ? "replace" : "insert", at: contentAt, value }, ...others];
}

/** As people call it. */
export function sideInWords(side: Side): string {
  return { system: "system", user: "user", assistant: "assistant", tool: "tool", text: "text" }[side];
}

/** Where a role is marked: at the role, if the turn has one. */
export function roleAt({ role, at }: Turn): Path {
  return role?.at ?? at;
}

/** The value at a path; undefined where there is none. */
export function valueAt(record: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return typeof step === "number" ? value[step] : undefined;
    return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, record);
}

/** "1 turn", "2 turns". */
export function countOf(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
