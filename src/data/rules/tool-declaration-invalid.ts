import { isJsonObject, kindOf } from "../../json/object.ts";
import { judgedAs } from "../detect/conversation.ts";
import { placeIn, replaceIn } from "../detect/held.ts";
import { checkOf, type Declaration, declarationsOf } from "../detect/tool-declarations.ts";
import type { Path } from "../parts.ts";
import type { Fix, Found, RecordEdit, Rule, Severity, Target } from "./rule.ts";

/** They refuse what is not in OpenAI's form. */
const strict: ReadonlySet<Target> = new Set(["openai", "mistral"]);

export const toolDeclarationInvalid: Rule = {
  id: "tool-declaration-invalid",
  level: "conversation",
  on: "record",
  severity: "error",
  summary: "The tools of a row are not declared as they have to be",
  rationale:
    "Tools are a list of functions with names and JSON Schemas of their parameters, or that list as JSON text. Tunesmith leaves a row out whose tools are no such list. OpenAI and mistral-finetune refuse a function that is not inside `function`, and mistral-finetune one without description and parameters. LLaMA-Factory reads ShareGPT's tools from text only.",
  source:
    "`_parse_available_tools` in mistral-finetune, and the schema check of mistral-common; Axolotl raises on tools that cannot be parsed.",
  check({ parts, format }, context, report) {
    const { tools } = parts;
    if (tools === undefined) return;
    const target = judgedAs(context.target, format);
    const { list, fault, isNoList } = declarationsOf(parts);
    if (fault) {
      const { offset } = fault;
      report({
        at: tools.at,
        span: [offset, offset + 1],
        message: `the tools are not valid JSON: ${fault.message}`,
      });
    } else if (isNoList) {
      report(noList(tools));
    } else {
      if (target === "llama-factory" && typeof tools.value !== "string" && list.length > 0) {
        const isShareGpt = parts.conversations.some(
          ({ turns }) => turns.at(-1)?.contentAt.at(-1) === "value",
        );
        if (isShareGpt) report(asText(tools));
      }
      const names = new Set<unknown>();
      for (const declaration of list) {
        const found = problemOf(declaration, target, names);
        if (found) report(found);
        names.add(declaration.name);
      }
    }
  },
  bad: [
    {
      text: '{"tools": "[{\\"name\\": \\"clock\\"«»", "conversations": [{"from": "human", "value": "Time?"}, {"from": "gpt", "value": "Noon"}]}\n',
    },
    {
      text: '{"tools": «{"type": "function", "function": {"name": "clock", "parameters": {}}}», "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Noon"}]}\n',
      fixed:
        '{"tools": [{"type": "function", "function": {"name": "clock", "parameters": {}}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Noon"}]}\n',
    },
    {
      text: '{"tools": [«{"name": "clock", "description": "Tells the time.", "parameters": {}}»], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Noon"}]}\n',
      fixed:
        '{"tools": [{"type": "function", "function": {"name": "clock", "description": "Tells the time.", "parameters": {}}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Noon"}]}\n',
      target: "mistral",
    },
    {
      text: '{"tools": [{"type": "function", "function": «{"description": "Tells the time."}»}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Noon"}]}\n',
    },
    {
      text: '{"tools": [{"type": "function", "function": «{"name": "clock", "description": "Tells the time."}»}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Noon"}]}\n',
      fixed:
        '{"tools": [{"type": "function", "function": {"name": "clock", "description": "Tells the time.", "parameters": {"type": "object", "properties": {}}}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Noon"}]}\n',
      target: "mistral",
    },
    {
      text: '{"tools": [{"type": "function", "function": {"name": "clock", "parameters": «{"type": "object", "properties": {"zone": {"type": "str"}}}»}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Noon"}]}\n',
      note: "JSON Schema calls the type `string`.",
    },
    {
      text: '{"tools": [{"type": "function", "function": {"name": "clock", "parameters": {}}}, {"type": "function", "function": {"name": «"clock"», "parameters": {}}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Noon"}]}\n',
    },
    {
      text: '{"tools": «[{"name": "clock"}]», "conversations": [{"from": "human", "value": "Time?"}, {"from": "gpt", "value": "Noon"}]}\n',
      fixed:
        '{"tools": "[{\\"name\\":\\"clock\\"}]", "conversations": [{"from": "human", "value": "Time?"}, {"from": "gpt", "value": "Noon"}]}\n',
      target: "llama-factory",
    },
  ],
  good: [
    {
      text: '{"tools": [{"googleSearch": {}}, {"functionDeclarations": [{"name": "clock"}]}], "contents": [{"role": "user", "parts": [{"text": "Time?"}]}, {"role": "model", "parts": [{"text": "Noon"}]}]}\n',
      note: "A tool of the provider's own.",
    },
    {
      text: '{"tools": [{"type": "function", "function": {"name": "clock", "description": "Tells the time.", "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}}}}], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Noon"}]}\n',
      target: "mistral",
    },
    {
      text: '{"tools": "[{\\"name\\": \\"clock\\"}]", "conversations": [{"from": "human", "value": "Time?"}, {"from": "gpt", "value": "Noon"}]}\n',
      target: "llama-factory",
    },
    {
      text: '{"tools": [{"functionDeclarations": [{"name": "clock", "parameters": {"type": "OBJECT", "properties": {"zone": {"type": "STRING"}}}}]}], "contents": [{"role": "user", "parts": [{"text": "Time?"}]}, {"role": "model", "parts": [{"text": "Noon"}]}]}\n',
      note: "Gemini's spelling.",
    },
    {
      text: '{"tools": [], "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Noon"}]}\n',
    },
    {
      text: '{"tools": null, "messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Noon"}]}\n',
    },
  ],
};

interface Tools {
  at: Path;
  value: unknown;
}

function noList({ at, value }: Tools): Found {
  const wrapped = isJsonObject(value) && (isJsonObject(value.function) || typeof value.name === "string");
  return {
    at,
    message: `the tools are ${typeof value === "string" ? "no list" : `${kindOf(value)}, not a list`}`,
    fixes: () =>
      wrapped
        ? [{ title: "Make it a list of one", safe: true, edits: [{ kind: "replace", at, value: [value] }] }]
        : [],
  };
}

function asText({ at, value }: Tools): Found {
  const text = JSON.stringify(value);
  return {
    at,
    message: "LLaMA-Factory reads the tools of such a row from JSON text, and this is a list",
    fixes: () => [
      { title: "Write the tools as JSON text", safe: true, edits: [{ kind: "replace", at, value: text }] },
    ],
  };
}

function problemOf(declaration: Declaration, target: Target, names: ReadonlySet<unknown>): Found | undefined {
  const { value, name, functionPath, parameters, description } = declaration;
  const isStrict = strict.has(target);
  const severity: Severity = isStrict ? "error" : "warning";
  const found = (path: Path, message: string, fix?: Fix): Found => {
    const { at, span } = placeIn(declaration, path);
    return { at, ...(span && { span }), severity, message, ...(fix && { fixes: () => [fix] }) };
  };
  if (!isJsonObject(value)) return found([], `a tool is ${kindOf(value)}, not a declaration`);
  if (typeof name !== "string" || name === "")
    return found([...functionPath, "name"], "the tool has no name");
  if (names.has(name)) return found([...functionPath, "name"], `"${name}" is declared twice`);
  if (parameters !== undefined && parameters !== null) {
    const path = [...functionPath, "parameters"];
    if (!isJsonObject(parameters)) {
      return found(path, `the parameters of "${name}" are ${kindOf(parameters)}, not a JSON Schema`);
    }
    const { problem } = checkOf(parameters);
    // Who only prints it does not mind.
    if (problem && !isStrict) return { ...found(path, notSchema(name, problem)), severity: "info" };
    if (problem) return found(path, notSchema(name, problem));
  }
  if (!isStrict || declaration.at.length > 2) return undefined;
  if (functionPath.length === 0) {
    const edit = replaceIn(declaration, [], { type: "function", function: without(value, "type") });
    return found(
      [],
      `"${name}" has to stand inside "function"`,
      edit && { title: 'Put it inside "function"', safe: true, edits: [edit] },
    );
  }
  if (target !== "mistral") return undefined;
  if (parameters === undefined) {
    const { at, span } = placeIn(declaration, functionPath);
    const empty = { type: "object", properties: {} };
    const insert: RecordEdit = { kind: "insert", at: [...at, "parameters"], value: empty };
    return found(
      functionPath,
      `"${name}" has no parameters, which may be empty but have to be there`,
      span ? undefined : { title: "Add empty parameters", safe: true, edits: [insert] },
    );
  }
  if (description === undefined) return found(functionPath, `"${name}" has no description`);
  return undefined;
}

function notSchema(name: string, problem: string): string {
  return `the parameters of "${name}" are no JSON Schema: ${inWords(problem)}`;
}

/** As ajv names the place: `data/properties/zone/type must be …`; of several reasons the first. */
function inWords(problem: string): string {
  const [first = problem] = problem.split(", data/");
  return first.replace(/^data\/?(\S*)/, (_, path: string) => (path === "" ? "it" : `"${path}"`));
}

function without(value: Record<string, unknown>, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}
