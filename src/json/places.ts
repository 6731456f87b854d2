/**
 * Where things stand in a JSON text, so that an error about a setting can say line and column. Places are keyed by JSON
 * pointer (RFC 6901), which is also what ajv names its errors by.
 */
import { JsonFault, scanJson } from "./scan.ts";

/** Offsets into the text. A member's `key` is its name's first quote; an array's element and the root have none. */
export interface Place {
  key?: number;
  value: number;
}

/**
 * Finds the place of every value. A key that stands twice counts as wrong here, which RFC 8259 leaves open: which of
 * the two settings would hold? Places before the fault are there too.
 */
export function findPlaces(text: string): { places: Map<string, Place>; fault: JsonFault | undefined } {
  const places = new Map<string, Place>();
  const fault = scanJson(text, {
    enter(path, value, key) {
      const pointer = path.map((part) => `/${escapePointer(String(part))}`).join("");
      if (places.has(pointer)) throw new JsonFault(key!, `"${path.at(-1)}" stands here a second time`);
      places.set(pointer, key === undefined ? { value } : { key, value });
    },
  });
  return { places, fault };
}

/** One name of a JSON pointer, escaped. */
export function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Line and column of an offset, both from 1, columns in UTF-16 units as editors count them. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}
