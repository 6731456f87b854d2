/** Declarations of tools: a list, or (ShareGPT) that list as JSON text; OpenAI's, flat, and Gemini's spelling. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { isJsonObject, type JsonObject } from "../../json/object.ts";
import { type JsonFault, scanJson } from "../../json/scan.ts";
import { field } from "../formats/format.ts";
import type { Parts, Path } from "../parts.ts";
import type { Held } from "./held.ts";

export interface Declaration extends Held {
  /** The way from the declaration to the object with name and parameters. */
  functionPath: Path;
  name: unknown;
  parameters: unknown;
  description: unknown;
}

export interface Declared {
  list: readonly Declaration[];
  /** The text is no JSON. */
  fault?: JsonFault;
  /** There is something, and no list. */
  isNoList?: boolean;
}

const nothing: Declared = { list: [] };
/** Whole files share few texts of declarations. */
const mostKept = 256;
const written = new Map<string, { value: unknown; fault: JsonFault | undefined }>();
let last: { tools: Parts["tools"]; declared: Declared } | undefined;

export function declarationsOf({ tools }: Parts): Declared {
  if (tools === undefined) return nothing;
  if (last?.tools === tools) return last.declared;
  const declared = find(tools);
  last = { tools, declared };
  return declared;
}

function find({ at, value }: NonNullable<Parts["tools"]>): Declared {
  if (value === null || value === "") return nothing;
  if (typeof value !== "string") return listed(value, (path) => ({ at: [...at, ...path] }));
  const { value: parsed, fault } = parsedText(value);
  if (fault) return { list: [], fault };
  return listed(parsed, (path) => ({ at, within: { text: value, path } }));
}

function parsedText(text: string): { value: unknown; fault: JsonFault | undefined } {
  const known = written.get(text);
  if (known) return known;
  const fault = scanJson(text);
  const made = { fault, value: fault ? undefined : (JSON.parse(text) as unknown) };
  if (written.size >= mostKept) written.clear();
  written.set(text, made);
  return made;
}

function listed(value: unknown, placed: (path: Path) => Omit<Held, "value">): Declared {
  if (!Array.isArray(value)) return { list: [], isNoList: true };
  return {
    list: value.flatMap((tool: unknown, i) => {
      const grouped = ["functionDeclarations", "function_declarations"].find(
        (key) => isJsonObject(tool) && Array.isArray(field(tool, key)),
      );
      if (grouped === undefined) return isBuiltIn(tool) ? [] : [declarationOf(tool, placed([i]))];
      const functions = (tool as JsonObject)[grouped] as unknown[];
      return functions.map((each, j) => declarationOf(each, placed([i, grouped, j])));
    }),
  };
}

const declaring = ["name", "function", "parameters", "description"];

/** A tool of the provider's own, such as `{ googleSearch: {} }` or `{ type: "code_interpreter" }`. */
function isBuiltIn(tool: unknown): boolean {
  return (
    isJsonObject(tool) && tool.type !== "function" && declaring.every((key) => field(tool, key) === undefined)
  );
}

function declarationOf(value: unknown, place: Omit<Held, "value">): Declaration {
  const declared = isJsonObject(value) ? field(value, "function") : undefined;
  const named = isJsonObject(declared) ? declared : isJsonObject(value) ? value : {};
  return {
    ...place,
    value,
    functionPath: isJsonObject(declared) ? ["function"] : [],
    name: field(named, "name"),
    parameters: field(named, "parameters"),
    description: field(named, "description"),
  };
}

/** The names that can be called. */
export function declaredNames({ list }: Declared): string[] {
  return list.flatMap(({ name }) => (typeof name === "string" ? [name] : []));
}

export interface Checked {
  validate?: ValidateFunction;
  /** Why the parameters are no JSON Schema. */
  problem?: string;
}

const mostCompiled = 4000;
const compiled = new Map<string, Checked>();
/** A record's rules ask for the same ones. */
const asked = new WeakMap<JsonObject, Checked>();
let ajv: Ajv2020 | undefined;

/** The check of arguments by a declaration's own schema: compiled once for all declarations that are the same. */
export function checkOf(parameters: JsonObject): Checked {
  const before = asked.get(parameters);
  if (before) return before;
  const key = JSON.stringify(parameters);
  let found = compiled.get(key);
  if (!found) {
    found = compile(parameters);
    if (compiled.size >= mostCompiled) compiled.clear();
    compiled.set(key, found);
  }
  asked.set(parameters, found);
  return found;
}

function compile(parameters: JsonObject): Checked {
  ajv ??= lenient();
  // A draft is a name of the same keywords here; names of schemas would have to be unique.
  const { $schema: _draft, $id: _id, ...rest } = parameters;
  const schema = withLowerTypes(rest) as JsonObject;
  try {
    return { validate: ajv.compile(schema) };
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    // What it refers to may stand elsewhere.
    return message.startsWith("schema is invalid: ")
      ? { problem: message.slice("schema is invalid: ".length) }
      : {};
  } finally {
    ajv.removeSchema(schema);
  }
}

const upperTypes = new Set(["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"]);

/** Gemini spells types in capitals. */
function withLowerTypes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withLowerTypes);
  if (!isJsonObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === "type" && upperTypes.has(String(value)) ? String(value).toLowerCase() : withLowerTypes(value),
    ]),
  );
}

function lenient(): Ajv2020 {
  const made = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    validateFormats: false,
    logger: false,
    addUsedSchema: false,
  });
  // A pattern out of a file can take forever.
  made.removeKeyword("pattern");
  made.removeKeyword("patternProperties");
  return made;
}

/** A JSON pointer, as ajv names a value, as a path into that value. */
export function pathOf(pointer: string, value: unknown): Path {
  let inner = value;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const step = Array.isArray(inner) ? Number(name) : name;
      inner = Array.isArray(inner) ? inner[Number(name)] : isJsonObject(inner) ? inner[name] : undefined;
      return step;
    });
}
