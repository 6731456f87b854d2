/**
 * Structured answers: JSON (RFC 8259). Does it parse, is the whole value right, which fields are right?
 *
 * A field is a leaf of the reference: objects are descended into, anything else (an array too) is one value, compared as
 * JSON values are: key order and number spelling do not matter, everything else does. One Markdown fence around the
 * answer is taken off first; chat models add it, and every caller strips it.
 */
import { isJsonObject } from "../../json/object.ts";
import { type Breakdown, meanOfRows, type TaskType } from "./metric.ts";

type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

export const json: TaskType<"json"> = {
  id: "json",
  title: "JSON",
  description: "Does the answer parse, is the whole value right, and which fields are?",

  recognise(references) {
    const structured = references.filter(isStructured).length;
    if (structured < 0.95 * references.length) return undefined;
    return `${structured} of the ${references.length} answers are JSON objects or arrays`;
  },

  applies: (references) => references.some(isStructured),

  scorer: () => ({
    metrics: [
      meanOfRows("exact-json", "Exact JSON", sameJson, { binary: true }),
      meanOfRows("json-parses", "Parses", (output) => parseAnswer(output) !== undefined, { binary: true }),
      meanOfRows("fields-right", "Fields right", fieldsRight, { binary: false }),
    ],
    agreement: (first, second) => Number(sameJson(first, second)),
    breakdown: fieldAccuracy,
  }),
};

function isStructured(reference: string): boolean {
  const value = parseAnswer(reference);
  return typeof value === "object" && value !== null;
}

/** The value of an answer; undefined where it is not JSON. */
function parseAnswer(answer: string): JsonValue | undefined {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/i.exec(answer);
  try {
    return JSON.parse(fenced?.[1] ?? answer) as JsonValue;
  } catch {
    return undefined;
  }
}

/** The same value; where neither is JSON, the same text. */
function sameJson(first: string, second: string): boolean {
  const a = parseAnswer(first);
  const b = parseAnswer(second);
  return a === undefined || b === undefined
    ? a === b && first.trim() === second.trim()
    : canonical(a) === canonical(b);
}

/** The share of the reference's fields that the output has with the same value. */
function fieldsRight(output: string, reference: string): number {
  const wanted = fieldsOf(parseAnswer(reference));
  const given = fieldsOf(parseAnswer(output));
  if (wanted.size === 0) return Number(sameJson(output, reference));
  let right = 0;
  for (const [field, value] of wanted) if (given.get(field) === value) right++;
  return right / wanted.size;
}

/** Per field: the rows whose reference has it, and in how many of them the output has it right. */
function fieldAccuracy(outputs: readonly string[], references: readonly string[]): Breakdown {
  const tally = new Map<string, { rows: number; right: number }>();
  references.forEach((reference, row) => {
    const given = fieldsOf(parseAnswer(outputs[row]!));
    for (const [field, value] of fieldsOf(parseAnswer(reference))) {
      const counts = tally.get(field) ?? { rows: 0, right: 0 };
      counts.rows++;
      if (given.get(field) === value) counts.right++;
      tally.set(field, counts);
    }
  });
  return { kind: "fields", fields: [...tally].map(([field, counts]) => ({ field, ...counts })) };
}

/** From a field's path to its value in canonical form. The path of a value that is no object is "(whole answer)". */
function fieldsOf(value: JsonValue | undefined): Map<string, string> {
  const fields = new Map<string, string>();
  if (value === undefined) return fields;
  const descend = (inner: JsonValue, path: readonly string[]): void => {
    if (isJsonObject(inner) && (path.length === 0 || Object.keys(inner).length > 0)) {
      for (const [key, child] of Object.entries(inner)) descend(child, [...path, key]);
    } else {
      fields.set(path.length === 0 ? "(whole answer)" : path.map(pathPart).join("."), canonical(inner));
    }
  };
  descend(value, []);
  return fields;
}

/** A key with a dot or a quote is quoted, so that {"a.b": 1} and {"a": {"b": 1}} have different paths. */
function pathPart(key: string): string {
  return /[."]|^$/.test(key) ? JSON.stringify(key) : key;
}

function canonical(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key]!)}`).join(",")}}`;
}
