import type { ErrorObject } from "ajv";
import { isJsonObject, kindOf } from "../../json/object.ts";
import { type JsonFault, scanJson } from "../../json/scan.ts";
import { nearest } from "../../protocol/suggest.ts";
import { judgedAs } from "../detect/conversation.ts";
import { keyPlaceIn, placeIn, renameIn, replaceIn } from "../detect/held.ts";
import { allCalls, type ToolCall } from "../detect/tool-calls.ts";
import { checkOf, declarationsOf, pathOf } from "../detect/tool-declarations.ts";
import type { Path } from "../parts.ts";
import type { Fix, Found, Rule, Target } from "./rule.ts";

/** They take arguments as JSON text. */
const wantText: ReadonlySet<Target> = new Set(["openai", "mistral"]);
/** They hand arguments to the template, which writes text as text: quoted once more. */
const wantObject: ReadonlySet<Target> = new Set(["trl", "mlx-lm", "llama-factory"]);
/** Of one call. */
const mostFound = 10;

export const toolArgumentsInvalid: Rule = {
  id: "tool-arguments-invalid",
  level: "conversation",
  on: "record",
  severity: "error",
  summary: "The arguments of a call are not what they have to be",
  rationale:
    "Arguments are JSON. OpenAI and Mistral keep them as text; templates want the object, and write a text as a quoted one, which the model then learns. Tunesmith and Axolotl take both. Arguments that do not fit the schema which the row itself declares for the tool teach wrong calls; no trainer looks.",
  source:
    "`_parse_tool_calls` in mistral-finetune (text only); Axolotl raises on arguments that cannot be parsed; TRL's and Transformers' documentation of tools.",
  check(view, context, report) {
    const target = judgedAs(context.target, view.format);
    for (const call of allCalls(view)) {
      const given = call.arguments;
      // What has no function name or is no JSON at all is told by the rule for calls.
      if (given === undefined || call.fault || typeof call.name !== "string") continue;
      const path = [...call.functionPath, call.argumentsKey];
      const { value, problem } = read(call, given, path);
      if (problem) {
        report(problem);
        continue;
      }
      const form = formProblem(call, given, path, target);
      if (form) report(form);
      const { list } = declarationsOf(view.parts);
      const parameters = list.find(({ name }) => name === call.name)?.parameters;
      if (!isJsonObject(parameters)) continue;
      const { validate } = checkOf(parameters);
      if (!validate || validate(value)) continue;
      for (const found of mismatches(call, value, path, validate.errors ?? [])) report(found);
    }
  },
  bad: [
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{\\"zone\\": «U»TC}"}}]}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": «""»}}]}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": «"[1]"»}}]}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": «{"zone": "UTC"}»}}]}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{\\"zone\\":\\"UTC\\"}"}}]}]}\n',
      target: "openai",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": «"{\\"zone\\": \\"UTC\\"}"»}}]}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": {"zone": "UTC"}}}]}]}\n',
      target: "trl",
    },
    {
      text: '{"tools": [{"type": "function", "function": {"name": "clock", "parameters": {"type": "object", "properties": {"zone": {"type": "string", "enum": ["UTC", "CET"]}, "digits": {"type": "integer"}}, "required": ["zone"], "additionalProperties": false}}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{\\"zone\\": «\\"UCT\\"», \\"digits\\": «\\"2\\"»}"}}, {"id": "b", "type": "function", "function": {"name": "clock", "arguments": {«"zon"»: "UTC"}}}]}]}\n',
      fixed:
        '{"tools": [{"type": "function", "function": {"name": "clock", "parameters": {"type": "object", "properties": {"zone": {"type": "string", "enum": ["UTC", "CET"]}, "digits": {"type": "integer"}}, "required": ["zone"], "additionalProperties": false}}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{\\"zone\\": \\"UTC\\", \\"digits\\": 2}"}}, {"id": "b", "type": "function", "function": {"name": "clock", "arguments": {"zone": "UTC"}}}]}]}\n',
      note: "A value that is not allowed, a type, and a name.",
    },
    {
      text: '{"tools": [{"type": "function", "function": {"name": "clock", "parameters": {"type": "object", "properties": {"zone": {"type": "string", "enum": ["UTC", "CET"]}, "digits": {"type": "integer"}}, "required": ["zone"], "additionalProperties": false}}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": «{"digits": 2}»}}, {"id": "b", "type": "function", "function": {"name": "clock", "arguments": {"zone": "UTC", «"format"»: "short"}}}]}]}\n',
      note: "One that is missing, and one too many.",
    },
    {
      text: '{"tools": "[{\\"name\\": \\"clock\\", \\"parameters\\": {\\"type\\": \\"object\\", \\"properties\\": {\\"zone\\": {\\"type\\": \\"string\\"}, \\"digits\\": {\\"type\\": \\"integer\\"}}, \\"required\\": [\\"zone\\"]}}]", "conversations": [{"from": "human", "value": "Time?"}, {"from": "function_call", "value": "{\\"name\\": \\"clock\\", \\"arguments\\": {«\\"zon\\"»: \\"UTC\\", \\"digits\\": «\\"2\\"»}}"}]}\n',
      fixed:
        '{"tools": "[{\\"name\\": \\"clock\\", \\"parameters\\": {\\"type\\": \\"object\\", \\"properties\\": {\\"zone\\": {\\"type\\": \\"string\\"}, \\"digits\\": {\\"type\\": \\"integer\\"}}, \\"required\\": [\\"zone\\"]}}]", "conversations": [{"from": "human", "value": "Time?"}, {"from": "function_call", "value": "{\\"name\\": \\"clock\\", \\"arguments\\": {\\"zone\\": \\"UTC\\", \\"digits\\": 2}}"}]}\n',
    },
  ],
  good: [
    {
      text: '{"tools": [{"type": "function", "function": {"name": "clock", "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}, "required": ["zone"]}}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{\\"zone\\": \\"UTC\\"}"}}, {"id": "b", "type": "function", "function": {"name": "clock", "arguments": {"zone": "UTC"}}}]}]}\n',
      note: "Tunesmith takes both forms.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{\\"zone\\": \\"UTC\\"}"}}]}]}\n',
      target: "openai",
    },
    {
      text: '{"tools": [{"functionDeclarations": [{"name": "clock", "parameters": {"type": "OBJECT", "properties": {"zone": {"type": "STRING"}}}}]}], "contents": [{"role": "user", "parts": [{"text": "Time?"}]}, {"role": "model", "parts": [{"functionCall": {"name": "clock", "args": {"zone": "UTC"}}}]}]}\n',
    },
  ],
};

/** The arguments as a value, or why they are none. */
function read(call: ToolCall, given: unknown, path: Path): { value: unknown; problem?: Found } {
  const { at, span } = placeIn(call, path);
  const place = { at, ...(span && { span }) };
  const replace = (title: string, value: unknown): Found["fixes"] => {
    const edit = replaceIn(call, path, value);
    return () => (edit ? [{ title, safe: true, edits: [edit] }] : []);
  };
  let value = given;
  if (typeof given === "string") {
    if (given.trim() === "") {
      const fixes = replace("Write that there are none", "{}")!;
      return {
        value,
        problem: { ...place, message: "the arguments are empty; without any, they are {}", fixes },
      };
    }
    try {
      value = JSON.parse(given);
    } catch {
      const fault = scanJson(given);
      if (fault) return { value, problem: notJson(call, path, fault) };
    }
    if (typeof value === "string" && isJsonText(value)) {
      const fixes = replace("Write them once as text", value)!;
      return { value, problem: { ...place, message: "the arguments are text inside text", fixes } };
    }
  }
  if (isJsonObject(value) || (value === null && call.form === "part")) return { value: value ?? {} };
  return { value, problem: { ...place, message: `the arguments are ${kindOf(value)}, not an object` } };
}

function notJson(call: ToolCall, path: Path, { offset, message }: JsonFault): Found {
  const { at, span } = placeIn(call, path);
  // A text inside a text has no places of its own.
  const stretch = call.within ? span : ([offset, offset + 1] as const);
  return { at, ...(stretch && { span: stretch }), message: `the arguments are not valid JSON: ${message}` };
}

function isJsonText(text: string): boolean {
  return text.trimStart().startsWith("{") && scanJson(text) === undefined;
}

/** More digits than a number of JavaScript's holds. */
const longNumber = /\d{16}/;

function formProblem(call: ToolCall, given: unknown, path: Path, target: Target): Found | undefined {
  if (call.form === "written" || call.form === "part") return undefined;
  const { at } = placeIn(call, path.slice(0, -1));
  const place = { at: [...at, call.argumentsKey] };
  const fix = (title: string, value: unknown, safe: boolean): readonly Fix[] => [
    { title, ...(safe && { safe }), edits: [{ kind: "replace", at: place.at, value }] },
  ];
  if (wantText.has(target) && typeof given !== "string") {
    const name = target === "openai" ? "OpenAI" : "Mistral";
    return {
      ...place,
      message: `the arguments are an object, where ${name} takes JSON text`,
      fixes: () => fix("Write the arguments as JSON text", JSON.stringify(given), true),
    };
  }
  if (wantObject.has(target) && typeof given === "string") {
    return {
      ...place,
      severity: "warning",
      message: "the arguments are text, which templates write with quotes around it",
      fixes: () => fix("Write the arguments as an object", JSON.parse(given), !longNumber.test(given)),
    };
  }
  return undefined;
}

/** What the tool's own schema finds. Wrong calls can be learned: a warning. */
function mismatches(call: ToolCall, args: unknown, argsPath: Path, errors: readonly ErrorObject[]): Found[] {
  const renamed = new Set<string>();
  const found: Found[] = [];
  // A missing name first: what stands there instead is no second problem.
  const sorted = [...errors].sort(
    (a, b) => Number(b.keyword === "required") - Number(a.keyword === "required"),
  );
  for (const error of sorted) {
    // Of alternatives, that none fits is said once.
    if (/\/(anyOf|oneOf)\/\d/.test(error.schemaPath) || error.keyword === "if") continue;
    const path = [...argsPath, ...pathOf(error.instancePath, args)];
    const one =
      error.keyword === "required"
        ? missing(call, path, error, renamed)
        : error.keyword === "additionalProperties"
          ? unknown(call, path, error, renamed)
          : wrongValue(call, path, error);
    if (one && found.length < mostFound) found.push({ severity: "warning", ...one });
  }
  return found;
}

function missing(call: ToolCall, path: Path, error: ErrorObject, renamed: Set<string>): Found {
  const key = String(error.params.missingProperty);
  const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
  const others = Object.keys(error.data as object).filter((name) => !known.includes(name));
  const spelled = nearest(key, others);
  if (spelled === undefined) {
    const { at, span } = placeIn(call, path);
    return { at, ...(span && { span }), message: `"${key}" is missing, which "${call.name}" requires` };
  }
  renamed.add(`${error.instancePath}/${spelled}`);
  const { exact: _, ...place } = keyPlaceIn(call, [...path, spelled]);
  return {
    ...place,
    message: `"${spelled}" is no argument of "${call.name}"; did you mean "${key}"?`,
    fixes: () => {
      const edit = renameIn(call, [...path, spelled], key);
      return edit ? [{ title: `Change "${spelled}" to "${key}"`, edits: [edit] }] : [];
    },
  };
}

function unknown(call: ToolCall, path: Path, error: ErrorObject, renamed: Set<string>): Found | undefined {
  const key = String(error.params.additionalProperty);
  if (renamed.has(`${error.instancePath}/${key}`)) return undefined;
  const { exact: _, ...place } = keyPlaceIn(call, [...path, key]);
  return { ...place, message: `"${key}" is no argument of "${call.name}"` };
}

function wrongValue(call: ToolCall, path: Path, { keyword, params, data, message }: ErrorObject): Found {
  const { at, span } = placeIn(call, path);
  const name = `"${path.at(-1)}"`;
  let text = `${name} ${message}`;
  let better: unknown;
  if (keyword === "type") {
    const allowed = [params.type].flat().map(String);
    text = `${name} is ${kindOf(data)}, where "${call.name}" takes ${allowed.join(" or ")}`;
    better = coerced(data, allowed);
  } else if (keyword === "enum") {
    const allowed = params.allowedValues as readonly unknown[];
    text = `${name} is ${JSON.stringify(data)}, none of ${allowed.map((value) => JSON.stringify(value)).join(", ")}`;
    const names = allowed.filter((value) => typeof value === "string");
    better = typeof data === "string" ? nearest(data, names) : undefined;
  }
  return {
    at,
    ...(span && { span }),
    message: text,
    fixes: () => {
      const edit = better === undefined ? undefined : replaceIn(call, path, better);
      return edit
        ? [{ title: `Change ${JSON.stringify(data)} to ${JSON.stringify(better)}`, edits: [edit] }]
        : [];
    },
  };
}

/** The same value in an allowed type, where it is written the same. */
function coerced(value: unknown, allowed: readonly string[]): unknown {
  if (typeof value === "string") {
    const isNumber = value.trim() !== "" && String(Number(value)) === value;
    if (
      isNumber &&
      (allowed.includes("number") || (allowed.includes("integer") && Number.isInteger(Number(value))))
    ) {
      return Number(value);
    }
    if (allowed.includes("boolean") && /^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
    return undefined;
  }
  const isScalar = typeof value === "number" || typeof value === "boolean";
  return isScalar && allowed.includes("string") ? String(value) : undefined;
}
