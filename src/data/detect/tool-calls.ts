/**
 * Calls of tools and their results, wherever a format keeps them: OpenAI's and Mistral's `tool_calls`, the older
 * `function_call`, a ShareGPT turn `function_call` whose text is the call as JSON, Gemini's parts. Nothing throws.
 */
import { isJsonObject, type JsonObject } from "../../json/object.ts";
import { type JsonFault, scanJson } from "../../json/scan.ts";
import { field } from "../formats/format.ts";
import type { Conversation, Path, Turn } from "../parts.ts";
import type { RecordView } from "../rules/rule.ts";
import { hashText } from "./hash.ts";
import type { Held } from "./held.ts";
import { callsOfParts, resultsOfParts } from "./tool-parts.ts";

/**
 * - `nested`: `{ id, type, function: { name, arguments } }`
 * - `flat`: name and arguments stand in the call itself
 * - `legacy`: `function_call` beside the content
 * - `written`: a turn `function_call`, whose text is the call
 * - `part`: Gemini's `functionCall`
 */
export type CallForm = "nested" | "flat" | "legacy" | "written" | "part";

export interface ToolCall extends Held {
  form: CallForm;
  turn: Turn;
  /** Of a written call that is no JSON. */
  fault?: JsonFault;
  /** The way from the call to the object with name and arguments. */
  functionPath: Path;
  name: unknown;
  arguments: unknown;
  argumentsKey: "arguments" | "args";
  id: unknown;
}

export interface ToolResult {
  at: Path;
  turn: Turn;
  /** Where the id stands, or would. */
  idAt: Path;
  id: unknown;
  name: unknown;
  nameAt: Path;
}

/** Calls of one turn and the results that follow; results alone where nothing was called. */
export interface Exchange {
  calls: readonly ToolCall[];
  results: readonly ToolResult[];
  /** The turns around it, if there are any. */
  before: Turn | undefined;
  next: Turn | undefined;
}

const none: readonly never[] = [];

/** The calls of a turn. */
export function callsIn(turn: Turn, { format }: RecordView): readonly ToolCall[] {
  const { message, side } = turn;
  if (side !== "assistant" || message === undefined) return none;
  if (format?.name === "gemini") return callsOfParts(turn);
  const calls: unknown = field(message, "tool_calls");
  if (Array.isArray(calls)) {
    return calls.length === 0
      ? none
      : calls.map((call: unknown, i) => callOf(call, turn, [...turn.at, "tool_calls", i]));
  }
  const legacy = field(message, "function_call");
  if (isJsonObject(legacy)) return [legacyCall(legacy, turn)];
  return isWritten(turn) ? writtenCalls(turn) : none;
}

/** The results that a turn gives. */
export function resultsIn(turn: Turn, { format }: RecordView): readonly ToolResult[] {
  const { message, at } = turn;
  if (message === undefined) return none;
  if (format?.name === "gemini") return resultsOfParts(turn);
  if (turn.side !== "tool") return none;
  return [
    {
      at,
      turn,
      idAt: [...at, "tool_call_id"],
      id: field(message, "tool_call_id"),
      name: field(message, "name"),
      nameAt: [...at, "name"],
    },
  ];
}

/** A turn that is a call written as text. */
export function isWritten({ role }: Turn): boolean {
  return role?.spelled === "function_call";
}

let last: { view: RecordView; found: readonly Exchange[][] } | undefined;

/** What is called and answered, by conversation; the prompt's together with what answers it. Found once a record. */
export function exchangesOf(view: RecordView): readonly Exchange[][] {
  if (last?.view === view) return last.found;
  const found = usesTools(view)
    ? joined(view.parts.conversations).map((turns) => exchanges(turns, view))
    : none;
  last = { view, found };
  return found;
}

export function allCalls(view: RecordView): readonly ToolCall[] {
  const found = exchangesOf(view);
  return found.length === 0 ? none : found.flat().flatMap(({ calls }) => calls);
}

function usesTools({ parts, format }: RecordView): boolean {
  const areParts = format?.name === "gemini";
  for (const { turns } of parts.conversations) {
    for (const { side, message, role } of turns) {
      if (side === "tool" || role?.spelled === "function_call") return true;
      if (message === undefined) continue;
      if (message.tool_calls != null || message.function_call != null) return true;
      if (areParts && Array.isArray(message.parts) && message.parts.some(isToolPart)) return true;
    }
  }
  return false;
}

function isToolPart(part: unknown): boolean {
  return isJsonObject(part) && (part.functionCall !== undefined || part.functionResponse !== undefined);
}

/** A prompt goes on in its completion, or in the better answer. */
function joined(conversations: readonly Conversation[]): (readonly Turn[])[] {
  const prompt = conversations.find(({ kind }) => kind === "prompt");
  const followed = conversations.find(({ kind }) => kind === "completion" || kind === "chosen");
  return conversations
    .filter((each) => each !== prompt || followed === undefined)
    .map((each) =>
      prompt !== undefined && each === followed ? [...prompt.turns, ...each.turns] : each.turns,
    );
}

function exchanges(turns: readonly Turn[], view: RecordView): Exchange[] {
  const found: Exchange[] = [];
  for (let i = 0; i < turns.length; i++) {
    const calls = callsIn(turns[i]!, view);
    const before = turns[i - 1];
    const results = [...(calls.length > 0 ? none : resultsIn(turns[i]!, view))];
    if (calls.length === 0 && results.length === 0) continue;
    for (let next = turns[i + 1]; next; next = turns[i + 1]) {
      const more = resultsIn(next, view);
      if (more.length === 0) break;
      results.push(...more);
      i++;
    }
    found.push({ calls, results, before, next: turns[i + 1] });
  }
  return found;
}

function callOf(value: unknown, turn: Turn, at: Path): ToolCall {
  const call = isJsonObject(value) ? value : {};
  const called = field(call, "function");
  const isNested = isJsonObject(called);
  return madeCall({ value, at, turn, form: isNested ? "nested" : "flat" }, isNested ? called : call, call);
}

function legacyCall(value: JsonObject, turn: Turn): ToolCall {
  return madeCall({ value, at: [...turn.at, "function_call"], turn, form: "legacy" }, value, {});
}

function writtenCalls(turn: Turn): readonly ToolCall[] {
  const { content, contentAt: at } = turn;
  if (typeof content !== "string") return none;
  const fault = scanJson(content);
  if (fault) {
    const made = madeCall({ value: undefined, at, turn, form: "written" }, {}, {});
    return [{ ...made, fault, within: { text: content, path: [] } }];
  }
  const parsed: unknown = JSON.parse(content);
  const values = Array.isArray(parsed) ? parsed : [parsed];
  return values.map((value: unknown, i) => {
    const call = isJsonObject(value) ? value : {};
    const called = field(call, "function");
    const made = madeCall({ value, at, turn, form: "written" }, isJsonObject(called) ? called : call, call);
    return {
      ...made,
      functionPath: isJsonObject(called) ? ["function"] : [],
      within: { text: content, path: Array.isArray(parsed) ? [i] : [] },
    };
  });
}

function madeCall(
  base: Pick<ToolCall, "value" | "at" | "turn" | "form">,
  called: JsonObject,
  call: JsonObject,
): ToolCall {
  return {
    ...base,
    functionPath: base.form === "nested" ? ["function"] : [],
    name: field(called, "name"),
    arguments: field(called, "arguments"),
    argumentsKey: "arguments",
    id: field(call, "id"),
  };
}

/** An id that Mistral takes, too: of the call's place and name, so that it is the same whenever it is asked for. */
export function inventedId(at: Path, name: unknown): string {
  return hashText(`${at.join("/")} ${String(name)}`)
    .toString(36)
    .padStart(9, "0")
    .slice(-9);
}
