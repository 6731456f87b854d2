/**
 * Checks a file of settings against its schema and says every mistake in words, at its place: an unknown key with the
 * key it may have meant, a wrong value with what is allowed. ajv finds the mistakes; its own messages are for
 * programmers.
 */
import { Ajv, type ErrorObject } from "ajv";
import { type ErrorCode, TunesmithError } from "../protocol/errors.ts";
import { allowedTexts, inWords, type Schema } from "../protocol/schema-parts.ts";
import { nearest } from "../protocol/suggest.ts";
import { escapePointer, findPlaces, lineAndColumn } from "./places.ts";

/** One thing that is wrong with a file of settings. */
export interface Mistake {
  /** JSON pointer of the value, and whether its key or the value itself is wrong. */
  pointer: string;
  part: "key" | "value";
  message: string;
  hint: string;
}

const ajv = new Ajv({ allErrors: true, useDefaults: true, verbose: true, strict: false });

/**
 * What is wrong with a value, each place once. Plain defaults are filled in, in place.
 *
 * @param base JSON pointer of the value in its file
 * @param whole what the file is called: "the recipe"
 */
export function mistakesIn(schema: Schema, value: unknown, base: string, whole: string): Mistake[] {
  const validate = ajv.compile(schema);
  if (validate(value)) return [];
  return (validate.errors ?? [])
    .filter((error) => !/\/anyOf\//.test(error.schemaPath)) // the anyOf itself is said once, as a whole
    .map((error) => inMistake(error, base + error.instancePath, whole))
    .filter((mistake, i, all) => all.findIndex((other) => other.pointer === mistake.pointer) === i);
}

function inMistake(error: ErrorObject, pointer: string, whole: string): Mistake {
  const owner = pointerInWords(pointer, whole);
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
function pointerInWords(pointer: string, whole: string): string {
  const path = pointer.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
  return path === "" ? whole : path;
}

/** A value as the file shows it, not longer than a line can bear. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}

/** The offset of a mistake and "file:line:column: ". */
export type Locate = (mistake: Mistake) => { offset: number; prefix: string };

/** All mistakes as one error, in the order of the file. `locate` gives the offset and "file:line:column: " of each. */
export function invalidSettings(
  code: ErrorCode,
  mistakes: readonly Mistake[],
  locate: Locate,
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
  return new TunesmithError(code, lines.join("\n"), placed[0]!.hint);
}

/**
 * Where the settings of a file's text stand.
 *
 * @param path names the file in errors
 * @throws `code` with line and column where the text is not JSON
 */
export function settingPlaces(
  source: string,
  path: string,
  code: ErrorCode,
): { text: string; locate: Locate } {
  const text = source.replace(/^\uFEFF/, "");
  const at = (offset: number) => {
    const { line, column } = lineAndColumn(text, offset);
    return `${path}:${line}:${column}: `;
  };
  const { places, fault } = findPlaces(text);
  if (fault) {
    const hint = "Correct the JSON there; comments and commas before a closing bracket are not allowed.";
    throw new TunesmithError(code, at(fault.offset) + fault.message, hint);
  }
  const locate: Locate = ({ pointer, part }) => {
    // What is missing has no place of its own: its owner's then.
    const place = places.get(pointer) ??
      places.get(pointer.slice(0, pointer.lastIndexOf("/"))) ?? { value: 0 };
    const offset = part === "key" ? (place.key ?? place.value) : place.value;
    return { offset, prefix: at(offset) };
  };
  return { text, locate };
}
