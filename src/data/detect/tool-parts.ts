/** Calls and results among the parts of a turn, as Gemini has them. */
import { isJsonObject } from "../../json/object.ts";
import { field } from "../formats/format.ts";
import type { Turn } from "../parts.ts";
import type { ToolCall, ToolResult } from "./tool-calls.ts";

export function callsOfParts(turn: Turn): readonly ToolCall[] {
  if (!Array.isArray(turn.content)) return [];
  return turn.content.flatMap((part: unknown, i): ToolCall[] => {
    const call = isJsonObject(part) ? field(part, "functionCall") : undefined;
    if (!isJsonObject(call)) return [];
    return [
      {
        form: "part",
        turn,
        value: call,
        at: [...turn.contentAt, i, "functionCall"],
        functionPath: [],
        name: field(call, "name"),
        arguments: field(call, "args"),
        argumentsKey: "args",
        id: field(call, "id"),
      },
    ];
  });
}

export function resultsOfParts(turn: Turn): readonly ToolResult[] {
  if (!Array.isArray(turn.content)) return [];
  return turn.content.flatMap((part: unknown, i): ToolResult[] => {
    const response = isJsonObject(part) ? field(part, "functionResponse") : undefined;
    if (!isJsonObject(response)) return [];
    const at = [...turn.contentAt, i, "functionResponse"];
    return [
      {
        at,
        turn,
        idAt: [...at, "id"],
        id: field(response, "id"),
        name: field(response, "name"),
        nameAt: [...at, "name"],
      },
    ];
  });
}
