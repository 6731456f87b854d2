/**
 * The few JSON Schema (draft 2020-12) shapes that a recipe's settings have, and how each is said in words.
 * One declaration gives the check, the default, the editor's hover text and the error message.
 */

/** The part of JSON Schema in use here. */
export interface Schema {
  type?: string | readonly string[];
  /** What is allowed, in words, where `inWords` would be clumsy. */
  title?: string;
  description?: string;
  default?: unknown;
  enum?: readonly unknown[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  items?: Schema;
  anyOf?: readonly Schema[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
}

export function integer(description: string, minimum: number, maximum: number, byDefault?: number): Schema {
  return { type: "integer", description, minimum, maximum, ...withDefault(byDefault) };
}

export function choice(description: string, options: readonly string[], byDefault?: string): Schema {
  return { enum: options, description, ...withDefault(byDefault) };
}

export function flag(description: string, byDefault: boolean): Schema {
  return { type: "boolean", description, default: byDefault };
}

export function text(description: string): Schema {
  return { type: "string", minLength: 1, description };
}

/** An object that knows all its keys. */
export function object(
  description: string,
  properties: Record<string, Schema>,
  required: string[] = [],
): Schema {
  return { type: "object", description, properties, required, additionalProperties: false };
}

/** Also accepts `null`, which stands for "not set" in a recipe as resolved. */
export function orNull(schema: Schema): Schema {
  return {
    ...schema,
    type: [...(typeof schema.type === "string" ? [schema.type] : (schema.type ?? [])), "null"],
  };
}

function withDefault(value: unknown): Schema {
  return value === undefined ? {} : { default: value };
}

/** What a schema allows, as it stands after "should be": `a whole number from 1 to 1024`. */
export function inWords(schema: Schema): string {
  if (schema.title) return schema.title;
  if (schema.enum) return `one of ${schema.enum.map((option) => JSON.stringify(option)).join(", ")}`;
  if (schema.anyOf) return schema.anyOf.map(inWords).join(" or ");
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  return types.map((type) => typeInWords(type, schema)).join(" or ");
}

function typeInWords(type: string, schema: Schema): string {
  if (type === "integer" || type === "number") {
    const noun = type === "integer" ? "a whole number" : "a number";
    return [noun, ...limitsInWords(schema)].join(" ");
  }
  if (type === "array") return `a list of ${schema.items ? inWords(schema.items) : "values"}`;
  if (type === "object") return `an object with ${Object.keys(schema.properties ?? {}).join(", ")}`;
  if (type === "string") return "a text in double quotes";
  return type === "boolean" ? "true or false" : type;
}

function limitsInWords(schema: Schema): string[] {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return [`from ${minimum} to ${maximum}`];
  const lower =
    exclusiveMinimum !== undefined
      ? `above ${exclusiveMinimum}`
      : minimum !== undefined
        ? `at least ${minimum}`
        : "";
  const upper =
    exclusiveMaximum !== undefined
      ? `below ${exclusiveMaximum}`
      : maximum !== undefined
        ? `at most ${maximum}`
        : "";
  return [[lower, upper].filter(Boolean).join(" and ")].filter(Boolean);
}

/** Every text that an `enum` anywhere inside allows: what a mistyped one may have meant. */
export function allowedTexts(schema: Schema): string[] {
  const here = (schema.enum ?? []).filter((option) => typeof option === "string");
  return [
    ...here,
    ...(schema.anyOf ?? []).flatMap(allowedTexts),
    ...(schema.items ? allowedTexts(schema.items) : []),
  ];
}
