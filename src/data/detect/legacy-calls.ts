/** OpenAI's older form of tools: `functions`, `function_call`, role `function`; and what replaces it. */
import { isJsonObject, type JsonObject } from "../../json/object.ts";
import { scanJson } from "../../json/scan.ts";
import { field } from "../formats/format.ts";
import type { Path, Turn } from "../parts.ts";
import type { RecordEdit, RecordView } from "../rules/rule.ts";
import { inventedId, isWritten } from "./tool-calls.ts";

export interface Legacy {
  at: Path;
  on?: "key";
  /** As it is spelled, and what has replaced it. */
  name: string;
  today: string;
  /** Tunesmith does not read it, or only as text. */
  isLost: boolean;
}

/** The first place where a record is in the older form: one cause, one problem. */
export function legacyIn({ record, parts, format }: RecordView): Legacy | undefined {
  // Gemini has a role of that name.
  if (!record || format?.name === "gemini") return undefined;
  if (isFunctions(field(record, "functions")) && parts.conversations.some(({ list }) => list)) {
    return { at: ["functions"], on: "key", name: "functions", today: "tools", isLost: true };
  }
  for (const { turns } of parts.conversations) {
    for (const turn of turns) {
      if (isJsonObject(turn.message?.function_call)) {
        const at = [...turn.at, "function_call"];
        return { at, on: "key", name: "function_call", today: "tool_calls", isLost: false };
      }
      if (isResult(turn)) return { at: turn.role!.at, name: "function", today: "tool", isLost: false };
      if (isCallTurn(turn)) {
        return { at: turn.role!.at, name: "function_call", today: "tool_calls", isLost: true };
      }
    }
  }
  return undefined;
}

function isFunctions(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0 && value.every(isJsonObject);
}

/** ShareGPT's own spelling is no older form of OpenAI's. */
function isResult({ role }: Turn): boolean {
  return role?.spelled === "function" && role.at.at(-1) === "role";
}

/** A call as a turn's text is ShareGPT's, and among messages a text like any other. */
function isCallTurn(turn: Turn): boolean {
  return isWritten(turn) && turn.role!.at.at(-1) === "role";
}

/** Undefined where both forms stand side by side, or a call cannot be read. */
export function convertLegacy({ record, parts }: RecordView): RecordEdit[] | undefined {
  if (!record) return undefined;
  const edits: RecordEdit[] = [];
  const functions = field(record, "functions");
  if (isFunctions(functions)) {
    if (parts.tools !== undefined) return undefined;
    edits.push(
      { kind: "rename", at: ["functions"], key: "tools" },
      {
        kind: "replace",
        at: ["functions"],
        value: functions.map((declared) => ({ type: "function", function: declared })),
      },
    );
  }
  for (const { turns } of parts.conversations) {
    let id: string | undefined;
    for (const turn of turns) {
      const call = turn.message?.function_call;
      if (isJsonObject(call)) {
        if (turn.message!.tool_calls !== undefined) return undefined;
        const at = [...turn.at, "function_call"];
        id = inventedId(at, call.name);
        edits.push(
          { kind: "rename", at, key: "tool_calls" },
          { kind: "replace", at, value: [{ id, type: "function", function: call }] },
        );
      } else if (isCallTurn(turn)) {
        const called = calledIn(turn);
        if (!called) return undefined;
        id = inventedId(turn.at, called.name);
        edits.push(
          { kind: "replace", at: turn.role!.at, value: "assistant" },
          { kind: "replace", at: turn.contentAt, value: "" },
          {
            kind: "insert",
            at: [...turn.at, "tool_calls"],
            value: [{ id, type: "function", function: called }],
          },
        );
      } else if (turn.side === "tool") {
        if (isResult(turn)) edits.push({ kind: "replace", at: turn.role!.at, value: "tool" });
        if (id !== undefined && turn.message!.tool_call_id === undefined) {
          edits.push({ kind: "insert", at: [...turn.at, "tool_call_id"], value: id });
        }
      } else id = undefined;
    }
  }
  return edits;
}

/** The call that the text of a turn is, where it is one. */
function calledIn({ content }: Turn): JsonObject | undefined {
  if (typeof content !== "string" || scanJson(content)) return undefined;
  const called: unknown = JSON.parse(content);
  return isJsonObject(called) && typeof field(called, "name") === "string" ? called : undefined;
}
