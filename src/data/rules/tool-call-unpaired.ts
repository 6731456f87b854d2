import { nearest } from "../../protocol/suggest.ts";
import { judgedAs } from "../detect/conversation.ts";
import { placeIn } from "../detect/held.ts";
import { type Exchange, exchangesOf, type ToolCall, type ToolResult } from "../detect/tool-calls.ts";
import type { Found, RecordEdit, Rule, Severity, Target } from "./rule.ts";

/** They refuse rows whose calls and results do not match. */
const strict: ReadonlySet<Target> = new Set(["openai", "mistral", "gemini"]);

export const toolCallUnpaired: Rule = {
  id: "tool-call-unpaired",
  level: "conversation",
  on: "record",
  severity: "warning",
  summary: "A tool's result without its call, or a call without its result",
  rationale:
    "Every call is answered by a result before the conversation goes on; only the last turn may call without one, as that is what the model learns to do. OpenAI, Mistral and Gemini refuse what does not match; templates write it, and the model learns to make results up, or to answer without waiting. Ids are wanted by OpenAI and Mistral; elsewhere they are looked at where they are given.",
  source:
    "`_validate_tool_calls_followed_by_tool_messages` in mistral-common; `_parse_tool_message` in mistral-finetune; OpenAI's and Gemini's errors for requests.",
  check(view, context, report) {
    const target = judgedAs(context.target, view.format);
    const tell: Report = strict.has(target) ? (found) => report({ severity: "error", ...found }) : report;
    for (const conversation of exchangesOf(view)) {
      for (const exchange of conversation) {
        if (exchange.calls.length === 0) {
          if (!mayBeCalledInText(exchange, target)) tell(uncalled(exchange, 0, target));
        } else if (exchange.calls.every(({ form }) => form === "part")) checkParts(exchange, tell);
        else checkExchange(exchange, target, tell);
      }
    }
  },
  bad: [
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "<tool_call>clock</tool_call>"}, {"role": «"tool"», "tool_call_id": "a", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
      target: "mistral",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": «"tool"», "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [«{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}»]}, {"role": "assistant", "content": "Noon"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": «"b"», "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "a", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}, «{"role": "tool", "content": "12:00"}», {"role": "assistant", "content": "Noon"}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}, {"role": "tool", "content": "12:00", "tool_call_id": "a"}, {"role": "assistant", "content": "Noon"}]}\n',
      target: "openai",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time and sky?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}, {"id": "b", "type": "function", "function": {"name": "sky", "arguments": "{}"}}]}, «{"role": "tool", "name": "sky", "content": "blue"}», «{"role": "tool", "name": "clock", "content": "12:00"}», {"role": "assistant", "content": "Noon"}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Time and sky?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}, {"id": "b", "type": "function", "function": {"name": "sky", "arguments": "{}"}}]}, {"role": "tool", "name": "sky", "content": "blue", "tool_call_id": "b"}, {"role": "tool", "name": "clock", "content": "12:00", "tool_call_id": "a"}, {"role": "assistant", "content": "Noon"}]}\n',
      note: "The names say which is whose.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time and sky?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}, «{"id": "b", "type": "function", "function": {"name": "sky", "arguments": "{}"}}»]}, {"role": "tool", "tool_call_id": "a", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "a", "content": "12:00"}, {"role": "tool", "tool_call_id": «"a"», "content": "12:01"}, {"role": "assistant", "content": "Noon"}]}\n',
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Time?"}, {"from": "function_call", "value": "«{\\"name\\": \\"clock\\", \\"arguments\\": {}}»"}, {"from": "gpt", "value": "Noon"}]}\n',
    },
    {
      text: '{"contents": [{"role": "user", "parts": [{"text": "Time?"}]}, {"role": "model", "parts": [{"functionCall": {"name": "clock", "args": {}}}]}, {"role": "user", "parts": [{"functionResponse": {"name": «"clok"», "response": {"time": "12:00"}}}]}, {"role": "model", "parts": [{"text": "Noon"}]}]}\n',
      fixed:
        '{"contents": [{"role": "user", "parts": [{"text": "Time?"}]}, {"role": "model", "parts": [{"functionCall": {"name": "clock", "args": {}}}]}, {"role": "user", "parts": [{"functionResponse": {"name": "clock", "response": {"time": "12:00"}}}]}, {"role": "model", "parts": [{"text": "Noon"}]}]}\n',
    },
  ],
  good: [
    {
      text: '{"conversations": [{"from": "human", "value": "Time?"}, {"from": "gpt", "value": "<tool_call>{\\"name\\": \\"clock\\"}</tool_call>"}, {"from": "tool", "value": "12:00"}, {"from": "gpt", "value": "Noon"}]}\n',
      note: "The call is in the text, as Hermes and others have it.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time and sky?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}, {"id": "b", "type": "function", "function": {"name": "sky", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "b", "content": "blue"}, {"role": "tool", "tool_call_id": "a", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "clock", "arguments": {}}}]}, {"role": "tool", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
      note: "Without ids, position pairs them.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}]}\n',
      note: "The last turn calls.",
      target: "openai",
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Time?"}, {"from": "function_call", "value": "[{\\"name\\": \\"clock\\", \\"arguments\\": {}}, {\\"name\\": \\"sky\\", \\"arguments\\": {}}]"}, {"from": "observation", "value": "12:00, blue"}, {"from": "gpt", "value": "Noon"}]}\n',
      note: "One observation answers all calls of a turn.",
    },
    {
      text: '{"prompt": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "clock", "arguments": {}}}]}], "completion": [{"role": "tool", "content": "12:00"}, {"role": "assistant", "content": "Noon"}]}\n',
      target: "trl",
    },
    {
      text: '{"contents": [{"role": "user", "parts": [{"text": "Time?"}]}, {"role": "model", "parts": [{"functionCall": {"name": "clock", "args": {}}}]}, {"role": "user", "parts": [{"functionResponse": {"name": "clock", "response": {"time": "12:00"}}}]}, {"role": "model", "parts": [{"text": "Noon"}]}]}\n',
    },
  ],
};

type Report = (found: Found) => void;

/** Many datasets write calls into the text (`<tool_call>` and its like), which only those who want `tool_calls` refuse. */
function mayBeCalledInText({ before }: Exchange, target: Target): boolean {
  return before?.side === "assistant" && !strict.has(target);
}

function uncalled({ results, before }: Exchange, at: number, target: Target): Found {
  const { turn, at: place } = results[at]!;
  // LLaMA-Factory takes it for a turn at the wrong position.
  const isMisplaced = target === "llama-factory" && before?.side === "user";
  return {
    at: turn.side === "tool" ? (turn.role?.at ?? place) : place,
    ...(isMisplaced && { severity: "error" }),
    message: "a tool's result, where no tool was called",
  };
}

function checkExchange(exchange: Exchange, target: Target, report: Report): void {
  const { calls, results, next } = exchange;
  const taken = new Set<ToolCall>();
  const strays: ToolResult[] = [];
  for (const result of results) {
    const call = calls.find((each) => isText(each.id) && each.id === result.id && !taken.has(each));
    if (call) taken.add(call);
    else strays.push(result);
  }
  // In ShareGPT, position is all there is; so it is where calls have no ids, and rules of calls ask for them.
  const isWritten = calls.every(({ form }) => form === "written");
  if (!isWritten && calls.every(({ id }) => isText(id))) {
    const isGiven = strict.has(target) || calls.length > 1 || results.some(({ id }) => isText(id));
    if (isGiven) reportStrays(calls, strays, taken, target, report);
  } else if (!isWritten && results.length > calls.length) {
    report({ ...uncalled(exchange, calls.length, target), message: "a result more than there are calls" });
  }
  if (next === undefined) return;
  const missing = isWritten ? (results.length === 0 ? calls.length : 0) : calls.length - results.length;
  if (missing <= 0) return;
  const open = calls.filter((call) => !taken.has(call)).slice(-missing);
  const isSkipped = target === "llama-factory" && results.length === 0 && next.side === "assistant";
  for (const call of open) {
    const { at, span } = placeIn(call, []);
    report({
      at,
      ...(span && { span }),
      ...(isSkipped && { severity: "error" }),
      message: `the call${isText(call.name) ? ` of "${call.name}"` : ""} is never answered`,
    });
  }
}

function reportStrays(
  calls: readonly ToolCall[],
  strays: readonly ToolResult[],
  taken: Set<ToolCall>,
  target: Target,
  report: Report,
): void {
  for (const result of strays) {
    const { id, idAt, name, at } = result;
    const isAgain = isText(id) && calls.some((call) => call.id === id);
    const free = calls.filter((call) => !taken.has(call));
    const named = free.filter((call) => isText(name) && call.name === name);
    const call = named.length > 0 ? named[0] : free[0];
    if (call) taken.add(call);
    const isCertain = named.length === 1 || free.length === 1;
    const edit: RecordEdit | undefined = call && {
      kind: id === undefined ? "insert" : "replace",
      at: idAt,
      value: call.id,
    };
    report({
      at: isText(id) ? idAt : at,
      ...(!isText(id) && !strict.has(target) && { severity: "info" as Severity }),
      message: isAgain
        ? `the call "${id}" is answered a second time`
        : isText(id)
          ? `no call before has the id "${id}"`
          : "the result does not say which call it answers",
      fixes: () =>
        edit
          ? [
              {
                title: `${isText(id) ? "Change the id to" : "Add the id"} "${String(call!.id)}"`,
                ...(isCertain && { safe: true }),
                edits: [edit],
              },
            ]
          : [],
    });
  }
}

/** Gemini pairs by name and number. */
function checkParts({ calls, results, next }: Exchange, report: Report): void {
  const open = [...calls];
  for (const { name, nameAt } of results) {
    const at = open.findIndex((call) => call.name === name);
    if (at >= 0) {
      open.splice(at, 1);
      continue;
    }
    const names = open.flatMap((call) => (isText(call.name) ? [call.name] : []));
    const meant = isText(name) ? nearest(name, names) : undefined;
    open.splice(
      open.findIndex((call) => call.name === meant),
      meant === undefined ? 0 : 1,
    );
    report({
      at: nameAt,
      message: `no function "${String(name)}" was called${meant ? `; did you mean "${meant}"?` : ""}`,
      fixes: () =>
        meant === undefined
          ? []
          : [{ title: `Change it to "${meant}"`, edits: [{ kind: "replace", at: nameAt, value: meant }] }],
    });
  }
  if (next === undefined) return;
  for (const call of open.slice(Math.max(0, open.length - (calls.length - results.length)))) {
    report({
      at: call.at,
      message: `the call${isText(call.name) ? ` of "${call.name}"` : ""} is never answered`,
    });
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
