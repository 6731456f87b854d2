import { isJsonObject, kindOf } from "../../json/object.ts";
import { judgedAs } from "../detect/conversation.ts";
import { placeIn } from "../detect/held.ts";
import { convertLegacy, legacyIn } from "../detect/legacy-calls.ts";
import { type Exchange, exchangesOf, inventedId, type ToolCall } from "../detect/tool-calls.ts";
import type { Path, Turn } from "../parts.ts";
import type { Found, RecordEdit, Rule, Severity, Target } from "./rule.ts";

/** They refuse calls that are not whole. */
const strict: ReadonlySet<Target> = new Set(["openai", "mistral"]);

export const toolCallShape: Rule = {
  id: "tool-call-shape",
  level: "conversation",
  on: "record",
  severity: "error",
  summary: "A tool call is not made as it has to be",
  rationale:
    "A call is `{ id, type, function: { name, arguments } }` in a list `tool_calls`; in ShareGPT a turn `function_call` with the call as JSON. Templates that look for `function` write nothing for a flat call. OpenAI wants id and type, Mistral an id of nine letters and digits. The older `functions`, `function_call` and role `function` are written by no template and refused by mistral-finetune; Tunesmith reads the calls, but not the declarations in `functions`.",
  source:
    "`_parse_tool_calls` and `reformat_data.py` in mistral-finetune, the ids in mistral-common's validator; OpenAI's reference of chat messages.",
  check(view, context, report) {
    const target = judgedAs(context.target, view.format);
    const { parts, record } = view;
    if (exchangesOf(view).length === 0 && record?.functions === undefined) return;
    for (const { turns } of parts.conversations) {
      for (const turn of turns) {
        const calls = turn.message?.tool_calls;
        if (calls !== undefined && calls !== null && !Array.isArray(calls)) report(noList(turn, calls));
      }
    }
    const found = record && legacyIn(view);
    // LLaMA-Factory has a tag for turns that are calls.
    const legacy =
      target === "llama-factory" && found?.at.at(-1) === "role" && found.isLost ? undefined : found;
    if (legacy) {
      report({
        at: legacy.at,
        ...(legacy.on && { on: legacy.on }),
        severity: legacySeverity(target, legacy.isLost),
        message: legacy.isLost
          ? `"${legacy.name}" is the older form, which is not read: "${legacy.today}" has replaced it`
          : `"${legacy.name}" is the older form, which templates do not write: "${legacy.today}" has replaced it`,
        fixes: () => {
          const edits = convertLegacy(view);
          return edits ? [{ title: "Convert to tools and tool_calls", safe: true, edits }] : [];
        },
      });
    }
    for (const conversation of exchangesOf(view)) {
      for (const exchange of conversation) {
        for (const call of exchange.calls) {
          const found = problemOf(call, exchange, target);
          if (found) report(found);
        }
      }
    }
  },
  bad: [
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": «"function_call"», "content": "{\\"name\\": \\"clock\\", \\"arguments\\": {}}"}, {"role": "tool", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "", "tool_calls": [{"id": "v0fu1o635", "type": "function", "function": {"name": "clock", "arguments": {}}}]}, {"role": "tool", "content": "12:00", "tool_call_id": "v0fu1o635"}, {"role": "assistant", "content": "Noon"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": «{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}»}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [«{"name": "clock", "arguments": {"zone": "UTC"}}»]}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"type": "function", "function": {"name": "clock", "arguments": {"zone": "UTC"}}}]}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": «{"arguments": "{}"}»}]}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [«{"function": {"name": "clock", "arguments": "{}"}}»]}, {"role": "tool", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "clock", "arguments": "{}"}, "id": "hw1zcwhva", "type": "function"}]}, {"role": "tool", "content": "12:00", "tool_call_id": "hw1zcwhva"}, {"role": "assistant", "content": "Noon"}]}\n',
      target: "openai",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "", "tool_calls": [{"id": «"call_1"», "function": {"name": "clock", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "call_1", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "", "tool_calls": [{"id": "hw1zcwhva", "function": {"name": "clock", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "hw1zcwhva", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
      target: "mistral",
    },
    {
      text: '{«"functions"»: [{"name": "clock", "parameters": {}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "function_call": {"name": "clock", "arguments": "{}"}}, {"role": "function", "name": "clock", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
      fixed:
        '{"tools": [{"type": "function", "function": {"name": "clock", "parameters": {}}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "scwy1bfu9", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}, {"role": "tool", "name": "clock", "content": "12:00", "tool_call_id": "scwy1bfu9"}, {"role": "assistant", "content": "Noon"}]}\n',
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Time?"}, {"from": "function_call", "value": "«c»lock("}]}\n',
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Time?"}, {"from": "function_call", "value": "«{\\"arguments\\": {}}»"}]}\n',
    },
  ],
  good: [
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "function_call", "content": "{\\"name\\": \\"clock\\", \\"arguments\\": {}}"}, {"role": "observation", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
      target: "llama-factory",
    },
    {
      text: '{"contents": [{"role": "user", "parts": [{"text": "Time?"}]}, {"role": "model", "parts": [{"functionCall": {"name": "clock", "args": {}}}]}, {"role": "function", "parts": [{"functionResponse": {"name": "clock", "response": {"time": "12:00"}}}]}, {"role": "model", "parts": [{"text": "Noon"}]}]}\n',
      note: "Gemini has a role of that name.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "a", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
      target: "openai",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "tool_calls": [{"function": {"name": "clock", "arguments": {}}}], "content": ""}, {"role": "tool", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
      note: "Templates pair by position, and want no id.",
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Time?"}, {"from": "function_call", "value": "{\\"name\\": \\"clock\\", \\"arguments\\": {}}"}, {"from": "observation", "value": "12:00"}, {"from": "gpt", "value": "Noon"}]}\n',
      target: "llama-factory",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "tool_calls": null, "function_call": null}]}\n',
      note: "Exporters write what is absent as null.",
    },
  ],
};

function noList(turn: Turn, calls: unknown): Found {
  const at = [...turn.at, "tool_calls"];
  return {
    at,
    message: `the calls are ${kindOf(calls)}, not a list`,
    fixes: () =>
      isJsonObject(calls)
        ? [{ title: "Make it a list of one", safe: true, edits: [{ kind: "replace", at, value: [calls] }] }]
        : [],
  };
}

/** OpenAI still reads it; for the others it is as if the assistant said nothing. */
function legacySeverity(target: Target, isLost: boolean): Severity {
  if (target === "openai") return "info";
  if (target === "tunesmith") return isLost ? "warning" : "info";
  return "error";
}

function problemOf(call: ToolCall, exchange: Exchange, target: Target): Found | undefined {
  const { form, fault, value, name, functionPath } = call;
  if (fault) {
    const { offset } = fault;
    const found = `the call is not valid JSON: ${fault.message}`;
    return { at: call.at, span: [offset, offset + 1], message: found };
  }
  const found = (path: Path, message: string): Found => {
    const { at, span } = placeIn(call, path);
    return { at, ...(span && { span }), message };
  };
  if (!isJsonObject(value)) return found([], `a call is ${kindOf(value)}, not an object`);
  // Gemini's parts have a schema that says so.
  if (typeof name !== "string" || name === "") {
    return form === "part" ? undefined : found([...functionPath, "name"], "the call names no function");
  }
  if (form === "flat") {
    const isRefused = strict.has(target) || target === "llama-factory";
    return {
      ...found([], 'name and arguments have to stand inside "function"'),
      ...(!isRefused && { severity: "warning" }),
      fixes: () => [
        {
          title: 'Put them inside "function"',
          safe: true,
          edits: [{ kind: "replace", at: call.at, value: nested(value) }],
        },
      ],
    };
  }
  return form === "nested" && strict.has(target) ? incomplete(call, exchange, target) : undefined;
}

/** `{ name, arguments, … }` as OpenAI has it; what else stands there stays beside. */
function nested(value: Record<string, unknown>): unknown {
  const { name, arguments: given, type: _, ...rest } = value;
  return { ...rest, type: "function", function: { name, ...(given !== undefined && { arguments: given }) } };
}

const mistralId = /^[a-zA-Z0-9]{9}$/;

function incomplete(call: ToolCall, exchange: Exchange, target: Target): Found | undefined {
  const { id, at, value } = call;
  const isIdThere = typeof id === "string" && id !== "";
  const edits: RecordEdit[] = [];
  const lacking: string[] = [];
  const isMisspelled = isIdThere && target === "mistral" && !mistralId.test(id) && id !== "null";
  if (!isIdThere || isMisspelled) {
    const put = isMisspelled ? undefined : idOfResult(call, exchange, target);
    const made = put ?? inventedId(at, call.name);
    edits.push({
      kind: Object.hasOwn(value as object, "id") ? "replace" : "insert",
      at: [...at, "id"],
      value: made,
    });
    if (put === undefined) edits.push(...linked(call, exchange, made));
    if (!isIdThere) lacking.push("id");
  }
  if (target === "openai" && (value as Record<string, unknown>).type === undefined) {
    edits.push({ kind: "insert", at: [...at, "type"], value: "function" });
    lacking.push("type");
  }
  if (call.arguments === undefined) {
    edits.push({ kind: "insert", at: [...at, ...call.functionPath, "arguments"], value: "{}" });
    lacking.push("arguments");
  }
  if (edits.length === 0) return undefined;
  const name = target === "openai" ? "OpenAI" : "Mistral";
  const isOnlyId = isMisspelled && lacking.length === 0;
  return {
    at: isOnlyId ? [...at, "id"] : at,
    message: isMisspelled
      ? `"${id}" is no id for Mistral, which takes nine letters and digits`
      : `the call has no ${lacking.join(" and no ")}, which ${name} requires`,
    fixes: () => [{ title: isOnlyId ? "Give the call another id" : "Complete the call", safe: true, edits }],
  };
}

/** The id that its result has already, where calls and results stand one for one. */
function idOfResult(call: ToolCall, { calls, results }: Exchange, target: Target): string | undefined {
  const id = results.length === calls.length ? results[calls.indexOf(call)]?.id : undefined;
  if (typeof id !== "string" || id === "" || calls.some((other) => other.id === id)) return undefined;
  return target === "mistral" && !mistralId.test(id) ? undefined : id;
}

/** The results of a call follow it: those with its id, or by position where none has any. */
function linked(call: ToolCall, { calls, results }: Exchange, id: string): RecordEdit[] {
  const mine =
    call.id === undefined || call.id === ""
      ? results.length === calls.length
        ? [results[calls.indexOf(call)]!]
        : []
      : results.filter((result) => result.id === call.id);
  return mine.map(({ idAt, id: old }) => ({
    kind: old === undefined ? "insert" : "replace",
    at: idAt,
    value: id,
  }));
}
