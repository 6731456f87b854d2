/**
 * Python's `str` of what a template has, for the filter `string`: `@huggingface/jinja` 0.5 knows it of texts and
 * numbers only, and refuses an object. Whole floats are whole numbers here: JSON's 1.0 is 1 before a template sees it.
 */
import { isJsonObject } from "../json/object.ts";

/** @param value as the library hands values to functions: a Map for an object, its own objects for what is inside */
export function pythonString(value: unknown): string {
  if (typeof value === "string") return value;
  // None and what is not set are handed over alike, and Python writes them differently.
  if (value === undefined || value === null) throw new Error("Unknown filter: string, of none or nothing");
  return represented(value);
}

/** Python's `repr`. */
function represented(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(inside).join(", ")}]`;
  if (value instanceof Map) {
    const members = [...value].map(([key, member]) => `${represented(key)}: ${inside(member)}`);
    return `{${members.join(", ")}}`;
  }
  return String(value);
}

/** A value inside another is wrapped with its type. */
function inside(wrapped: unknown): string {
  if (!isJsonObject(wrapped)) return represented(wrapped);
  const { type, value } = wrapped;
  if (type === "FloatValue" && Number.isInteger(value)) return `${String(value)}.0`;
  if (type === "TupleValue" && Array.isArray(value)) return `(${value.map(inside).join(", ")})`;
  return represented(value);
}

const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = [...text].map((character) => {
    if (character === quote) return `\\${character}`;
    const known = escapes[character];
    if (known !== undefined) return known;
    const code = character.codePointAt(0)!;
    return code < 0x20 || (code >= 0x7f && code < 0xa1) || code === 0xad
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : character;
  });
  return `${quote}${escaped.join("")}${quote}`;
}
