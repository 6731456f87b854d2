/** Values that stand in a record, or inside a text of it that is JSON: where they are, and edits of them. */
import { type Node, parseTree } from "jsonc-parser";
import { isJsonObject } from "../../json/object.ts";
import type { Path } from "../parts.ts";
import type { RecordEdit } from "../rules/rule.ts";
import { nodeAt } from "../source/locate.ts";

/** A value that stands in the record, or inside a text of it that is JSON. */
export interface Held {
  value: unknown;
  /** Of the value; or of the text, where it stands in one. */
  at: Path;
  /** The text, and the way to the value inside it. */
  within?: { text: string; path: Path };
}

/** Where a value inside a held one stands; in JSON that is a text, its stretch. What is not there is what should hold it. */
export function placeIn(
  held: Held,
  path: Path,
): { at: Path; span?: readonly [number, number]; exact: boolean } {
  let { at } = held;
  let rest = path;
  let text = held.within?.text;
  if (held.within) rest = [...held.within.path, ...path];
  else {
    let value = held.value;
    while (rest.length > 0) {
      if (typeof value === "string") {
        text = value;
        break;
      }
      const [step] = rest;
      value = Array.isArray(value) ? value[step as number] : isJsonObject(value) ? value[step!] : undefined;
      at = [...at, step!];
      rest = rest.slice(1);
    }
  }
  if (text === undefined) return { at, exact: true };
  const node = nearestNode(text, rest);
  if (!node) return { at, exact: false };
  const { offset, length } = node.found;
  return { at, span: [offset, offset + length], exact: node.isExact };
}

/** Gives a value inside a held one another value; undefined where it stands in a text inside a text. */
export function replaceIn(held: Held, path: Path, value: unknown): RecordEdit | undefined {
  const { at, span, exact } = placeIn(held, path);
  if (!exact) return undefined;
  return span ? { kind: "text", at, span, text: JSON.stringify(value) } : { kind: "replace", at, value };
}

/** Where the name of a member of a held value stands. */
export function keyPlaceIn(
  held: Held,
  path: Path,
): { at: Path; on?: "key"; span?: readonly [number, number]; exact: boolean } {
  const place = placeIn(held, path);
  const { at, span, exact } = place;
  if (!exact) return place;
  if (!span) return { at, on: "key", exact };
  const text = held.within?.text ?? (textAt(held, at) as string);
  const rest = held.within ? [...held.within.path, ...path] : path.slice(at.length - held.at.length);
  const root = parseTree(text);
  const name = (root && nodeAt(root, rest))?.parent?.children?.[0];
  return name ? { at, span: [name.offset, name.offset + name.length], exact } : place;
}

export function renameIn(held: Held, path: Path, key: string): RecordEdit | undefined {
  const { at, span, exact } = keyPlaceIn(held, path);
  if (!exact) return undefined;
  return span ? { kind: "text", at, span, text: JSON.stringify(key) } : { kind: "rename", at, key };
}

function textAt(held: Held, at: Path): unknown {
  return at
    .slice(held.at.length)
    .reduce<unknown>(
      (value, step) =>
        Array.isArray(value) ? value[step as number] : isJsonObject(value) ? value[step] : undefined,
      held.value,
    );
}

function nearestNode(text: string, path: Path): { found: Node; isExact: boolean } | undefined {
  const root = parseTree(text);
  for (let length = path.length; root && length >= 0; length--) {
    const found = nodeAt(root, path.slice(0, length));
    if (found) return { found, isExact: length === path.length };
  }
  return undefined;
}
