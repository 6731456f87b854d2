/**
 * Checks a recipe's JSON value against the schemas and says every mistake in words: an unknown key with the key it may
 * have meant, a wrong value with what is allowed. ajv finds the mistakes and fills plain defaults; its own messages are
 * for programmers.
 */
import { Ajv, type ErrorObject } from "ajv";
import { isJsonObject } from "../json/object.ts";
import { escapePointer } from "../json/places.ts";
import { defaultMethod, type MethodName, methods } from "../methods/index.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { allowedTexts, inWords, type Schema } from "../protocol/schema-parts.ts";
import { nearest } from "../protocol/suggest.ts";
import { recipeSchema } from "./recipe-schema.ts";

/** One thing that is wrong with a recipe. */
export interface Mistake {
  /** JSON pointer of the value, and whether its key or the value itself is wrong. */
  pointer: string;
  part: "key" | "value";
  message: string;
  hint: string;
}

const ajv = new Ajv({ allErrors: true, useDefaults: true, verbose: true, strict: false });

/** Fills the plain defaults of `recipe` in place and lists what is wrong with it. */
export function checkRecipe(recipe: unknown): Mistake[] {
  const mistakes = check(recipeSchema, recipe, "");
  if (!isJsonObject(recipe) || !isJsonObject(recipe.method)) return mistakes;
  return [...mistakes, ...checkMethod(recipe.method)];
}

/** The settings inside `method`, by the schema that its name chooses. */
function checkMethod(settings: Record<string, unknown>): Mistake[] {
  const known = Object.keys(methods);
  const name = settings.name;
  if (typeof name === "string" && known.includes(name)) {
    return check(methods[name as MethodName].schema, settings, "/method");
  }
  const allowed = known.map((method) => JSON.stringify(method)).join(", ");
  if (name === undefined) {
    const message = `method has no "name"; it is one of ${allowed}`;
    return [{ pointer: "/method", part: "value", message, hint: `Add "name": "${defaultMethod}".` }];
  }
  const near = typeof name === "string" ? nearest(name, known) : undefined;
  const message = `method.name should be one of ${allowed}, but is ${shown(name)}`;
  return [{ pointer: "/method/name", part: "value", message, hint: near ? `Did you mean "${near}"?` : "" }];
}

function check(schema: Schema, value: unknown, base: string): Mistake[] {
  const validate = ajv.compile(schema);
  if (validate(value)) return [];
  return (validate.errors ?? [])
    .filter((error) => !/\/anyOf\//.test(error.schemaPath)) // the anyOf itself is said once, as a whole
    .map((error) => inMistake(error, base + error.instancePath))
    .filter((mistake, i, all) => all.findIndex((other) => other.pointer === mistake.pointer) === i);
}

function inMistake(error: ErrorObject, pointer: string): Mistake {
  const owner = pointerInWords(pointer);
  const schema = (error.parentSchema ?? {}) as Schema;
  if (error.keyword === "additionalProperties") {
    const key = String(error.params.additionalProperty);
    const known = Object.keys(schema.properties ?? {}).filter((name) => name !== "$schema");
    const near = nearest(key, known);
    return {
      pointer: `${pointer}/${escapePointer(key)}`,
      part: "key",
      message: `${owner} has no setting "${key}"`,
      hint: near ? `Did you mean "${near}"?` : `Its settings are ${known.join(", ")}.`,
    };
  }
  if (error.keyword === "required") {
    const key = String(error.params.missingProperty);
    const wanted = schema.properties?.[key];
    return {
      // One pointer per missing key, so that none is taken for a repetition; its place is the owner's.
      pointer: `${pointer}/${escapePointer(key)}`,
      part: "value",
      message: `${owner} has no "${key}"${wanted ? `, which should be ${inWords(wanted)}` : ""}`,
      hint: wanted?.description ?? "",
    };
  }
  const near = suggestion(error.data, schema);
  return {
    pointer,
    part: "value",
    message: `${owner} should be ${inWords(schema)}, but is ${shown(error.data)}`,
    hint: near ? `Did you mean "${near}"?` : (schema.description ?? ""),
  };
}

/** What a mistyped option, alone or in a list, may have meant. */
function suggestion(value: unknown, schema: Schema): string | undefined {
  const allowed = allowedTexts(schema);
  const written = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string");
  const wrong = written.find((item) => !allowed.includes(item));
  return wrong === undefined ? undefined : nearest(wrong, allowed);
}

/** "/train/learningRate" → "train.learningRate". */
function pointerInWords(pointer: string): string {
  const path = pointer.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
  return path === "" ? "the recipe" : path;
}

/** A value as the file shows it, not longer than a line can bear. */
function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}

/** All mistakes as one error, in the order of the file. `locate` gives the offset and "file:line:column: " of each. */
export function recipeInvalid(
  mistakes: readonly Mistake[],
  locate: (mistake: Mistake) => { offset: number; prefix: string },
): TunesmithError {
  const placed = mistakes
    .map((mistake) => ({ ...mistake, ...locate(mistake) }))
    .sort((a, b) => a.offset - b.offset);
  const lines = placed.map(({ prefix, message, hint }, i) => {
    // The first hint stands in the error's own place.
    const meant =
      i > 0 && hint.startsWith("Did you mean") ? ` (${hint.toLowerCase().replace("?", "")}?)` : "";
    return `${prefix}${message}${meant}`;
  });
  return new TunesmithError("recipe-invalid", lines.join("\n"), placed[0]!.hint);
}
