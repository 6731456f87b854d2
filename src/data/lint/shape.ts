/** The types in a row's shape (see digest.ts), by path: `messages[].content` as ["messages", anyItem, "content"]. */
import { isJsonObject } from "../../json/object.ts";
import type { Path } from "../parts.ts";

export type ValueType = "string" | "number" | "boolean" | "list" | "object";

/** Stands for every position of a list. */
export const anyItem = -1;

export interface ShapeType {
  path: Path;
  type: ValueType;
}

/** Null is none: it may stand beside any type. */
export function typesIn(shape: string): ShapeType[] {
  const found: ShapeType[] = [];
  new ShapeReader(shape, found).members([]);
  return found;
}

/** The places of a record that a path with `anyItem` means, with their values. */
export function* placesOf(
  value: unknown,
  path: Path,
  at: Path = [],
): Generator<{ at: Path; value: unknown }> {
  const [step, ...rest] = path;
  if (step === undefined) yield { at, value };
  else if (step === anyItem && Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* placesOf(item, rest, [...at, i]);
  } else if (typeof step === "string" && isJsonObject(value) && Object.hasOwn(value, step)) {
    yield* placesOf(value[step], rest, [...at, step]);
  }
}

export function valueType(value: unknown): ValueType | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return "list";
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? type : "object";
}

/** A key is all up to the first colon with a type behind it: keys may hold colons and blanks of their own. */
const keyPattern = /(.*?):(?=string|number|boolean|null|\[|\{)/sy;
const wordPattern = /string|number|boolean|null/y;

class ShapeReader {
  #at = 0;
  readonly #shape: string;
  readonly #found: ShapeType[];

  constructor(shape: string, found: ShapeType[]) {
    this.#shape = shape;
    this.#found = found;
  }

  members(path: Path): void {
    for (;;) {
      const key = this.#match(keyPattern)?.[1];
      if (key === undefined || !this.#type([...path, key])) return;
      if (!this.#skip(" ")) return;
    }
  }

  #type(path: Path): boolean {
    if (this.#skip("[")) {
      this.#found.push({ path, type: "list" });
      if (this.#skip("]")) return true;
      do {
        if (!this.#type([...path, anyItem])) return false;
      } while (this.#skip("|"));
      return this.#skip("]");
    }
    if (this.#skip("{")) {
      this.#found.push({ path, type: "object" });
      if (this.#skip("}")) return true;
      this.members(path);
      return this.#skip("}");
    }
    const word = this.#match(wordPattern)?.[0];
    if (word === undefined) return false;
    if (word !== "null") this.#found.push({ path, type: word as ValueType });
    return true;
  }

  #skip(character: string): boolean {
    if (this.#shape[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#shape);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }
}
