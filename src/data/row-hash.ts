/** A name for what a row says, by which it is found again in an edited dataset. */
import { createHash } from "node:crypto";
import type { Row } from "../text/conversation.ts";

/**
 * The first 16 hexadecimal digits of SHA-256 over the row as JSON without blanks and with the keys of every object sorted
 * (by UTF-16 units): neither their order in the file, nor the format that the file has it in, changes it.
 */
export function rowHash(row: Row): string {
  return createHash("sha256").update(canonical(row)).digest("hex").slice(0, 16);
}

/** As JSON.stringify writes it, but for the order of keys. Text is put together, so that no key (`__proto__`) is special. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(",")}}`;
}
