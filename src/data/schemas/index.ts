/**
 * A JSON Schema (draft 2020-12) for the records of each format. The linter checks records by them; editors take from
 * them what may stand where, and what it means.
 */
import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from "ajv/dist/2020.js";
import type { Schema } from "../../protocol/schema-parts.ts";
import type { DataRecord, Format } from "../formats/format.ts";
import type { Path } from "../parts.ts";
import { alpaca } from "./alpaca.ts";
import { chat } from "./chat.ts";
import { columns } from "./columns.ts";
import { gemini } from "./gemini.ts";
import { kto } from "./kto.ts";
import { mistral } from "./mistral.ts";
import { openaiPreference } from "./openai-preference.ts";
import { pairs } from "./pairs.ts";
import { preference } from "./preference.ts";
import { promptCompletion } from "./prompt-completion.ts";
import { sharegpt } from "./sharegpt.ts";
import { slots } from "./slots.ts";
import { text } from "./text.ts";
import { twoColumn } from "./two-column.ts";

/** By the names of formats. */
export const schemas: Readonly<Record<string, Schema>> = {
  preference,
  "openai-preference": openaiPreference,
  kto,
  mistral,
  chat,
  sharegpt,
  gemini,
  "prompt-completion": promptCompletion,
  alpaca,
  pairs,
  slots,
  "two-column": twoColumn(),
  text,
};

const ofColumns = new WeakMap<Format, Schema>();

export function schemaOf(format: Format): Schema {
  const { mapping } = format;
  if (mapping === undefined) return schemas[format.name]!;
  const known = ofColumns.get(format);
  if (known) return known;
  const made = columns(mapping);
  ofColumns.set(format, made);
  return made;
}

/** What may stand at a place. */
export type SchemaNode = Pick<
  Schema,
  "description" | "type" | "enum" | "properties" | "required" | "items" | "anyOf"
>;

/** The schema of the value at a path into a record; undefined where nothing is known of it. */
export function schemaAt(format: Format, path: Path): SchemaNode | undefined {
  return path.reduce<Schema | undefined>((schema, step) => {
    if (typeof step === "number") return schema?.items;
    return schema?.properties && Object.hasOwn(schema.properties, step) ? schema.properties[step] : undefined;
  }, schemaOf(format));
}

/** Whether a record is sound, but for keys that its schema does not know: many datasets have some in every row. */
const fits = compiledOnce({}, (schema) => ({ ...schema, additionalProperties: true }));
/** What is wrong with the few that are not: to find all of it costs ten times as much. */
const explain = compiledOnce({ allErrors: true, verbose: true }, (schema) => schema);

/** Compiles a schema when it is first needed, which few are; that they are schemas, the tests see to. */
function compiledOnce(
  options: Options,
  of: (schema: Schema) => Schema,
): (schema: Schema) => ValidateFunction {
  const compiled = new WeakMap<Schema, ValidateFunction>();
  let ajv: Ajv2020 | undefined;
  return (schema) => {
    const known = compiled.get(schema);
    if (known) return known;
    ajv ??= new Ajv2020({ messages: false, allowUnionTypes: true, validateSchema: false, ...options });
    const made = ajv.compile(of(schema));
    compiled.set(schema, made);
    return made;
  };
}

/** What a record breaks of its format's schema. Compiled when first needed, and once. */
export function schemaErrors(format: Format, record: DataRecord): readonly ErrorObject[] {
  if (unknownKeys(format, record)?.length === 0) return [];
  const check = explain(schemaOf(format));
  check(record);
  return check.errors ?? [];
}

const none: readonly string[] = [];

/** The record's keys that its format does not know, where nothing else is wrong with it; undefined where more is. */
export function unknownKeys(format: Format, record: DataRecord): readonly string[] | undefined {
  const schema = schemaOf(format);
  if (!fits(schema)(record)) return undefined;
  const { properties = {}, additionalProperties } = schema;
  if (additionalProperties !== false) return none;
  const unknown = Object.keys(record).filter((key) => !Object.hasOwn(properties, key));
  return unknown.length === 0 ? none : unknown;
}

/** Whole schemas by format, to be written to files. */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        title: `A row of training data in the format "${name}"`,
        ...schema,
      },
    ]),
  );
}
