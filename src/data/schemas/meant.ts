/** Which key an unknown one means. */
import type { Schema } from "../../protocol/schema-parts.ts";
import { nearest } from "../../protocol/suggest.ts";
import { type DataRecord, field } from "../formats/format.ts";
import { metadata } from "./shapes.ts";

export type Properties = Readonly<Record<string, Schema>>;

/** A known key that is more than a note about the row. */
export function isData(key: string, properties: Properties): boolean {
  return Object.hasOwn(properties, key) && properties[key] !== metadata[key];
}

/** What other formats call the same. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  role: ["from", "speaker", "author"],
  from: ["role", "speaker"],
  content: ["value", "text", "message"],
  value: ["content", "text"],
  prompt: ["instruction", "question", "query"],
  completion: ["response", "answer", "output", "generation"],
  output: ["response", "answer", "completion"],
  messages: ["conversations", "conversation", "dialogue"],
  conversations: ["messages", "dialogue"],
  rejected: ["reject", "rejected_response"],
  chosen: ["choosen", "chosen_response"],
};

/** Whether a name most likely means the key. */
export function isNear(name: string, key: string): boolean {
  return synonyms[key]?.includes(name) === true || nearest(name, [key]) !== undefined;
}

const meanings = new WeakMap<Schema, Map<string, string | undefined>>();

/** The known key that an unknown one is a slip of; looked up once for each, as whole files have the same keys. */
export function meantBy(key: string, schema: Schema, value: DataRecord): string | undefined {
  const known = meanings.get(schema) ?? new Map<string, string | undefined>();
  meanings.set(schema, known);
  if (!known.has(key) && known.size < 1000) known.set(key, slipOf(key, schema));
  const meant = known.get(key);
  return meant !== undefined && field(value, meant) === undefined ? meant : undefined;
}

/** Shorter keys are near to too many others. */
const shortest = 4;

function slipOf(key: string, { properties = {} }: Schema): string | undefined {
  if (key.length < shortest) return undefined;
  return nearest(
    key,
    Object.keys(properties).filter((name) => isData(name, properties)),
  );
}
