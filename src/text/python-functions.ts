/**
 * Makes a parsed template strip texts, and make texts, as Python does. `@huggingface/jinja` 0.5 runs `strip`, `lstrip`, `rstrip` and
 * the `trim` filter as JavaScript's trim: it ignores the characters they are given (Qwen3's template strips newlines
 * only), and its blanks are others (a byte order mark is one, U+001C–U+001F and U+0085 are none). What it
 * makes of `string` is in python-string.ts.
 */
import { parse, tokenize } from "@huggingface/jinja";
import { isJsonObject } from "../json/object.ts";
import { pythonString } from "./python-string.ts";

type Program = ReturnType<typeof parse>;

/** What `str.isspace` is true of in Python 3 (Unicode's White_Space, and U+001C–U+001F). */
const blanks =
  "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

/** The functions that the rewritten template calls; it must be given them as variables. */
export const pythonFunctions: Readonly<Record<string, (text: unknown, characters?: unknown) => string>> = {
  python_strip: (text, characters) => strip(text, characters, true, true),
  python_lstrip: (text, characters) => strip(text, characters, true, false),
  python_rstrip: (text, characters) => strip(text, characters, false, true),
  python_string: pythonString,
};

function strip(text: unknown, characters: unknown, left: boolean, right: boolean): string {
  if (typeof text !== "string")
    throw new Error(`strip is for text, not for ${text === null ? "none" : typeof text}`);
  const stripped = new Set(typeof characters === "string" ? characters : blanks);
  const kept = [...text];
  let [start, end] = [0, kept.length];
  while (left && start < end && stripped.has(kept[start]!)) start++;
  while (right && end > start && stripped.has(kept[end - 1]!)) end--;
  return kept.slice(start, end).join("");
}

/** Turns `x.strip(…)`, `x | trim` and `x | string` into calls of the functions above, everywhere in the template. */
export function usePythonFunctions(program: Program): Program {
  rewriteInside(program);
  return program;
}

function rewriteInside(node: object): void {
  if (node instanceof Map) {
    for (const [key, value] of node) node.set(key, rewritten(value));
    return;
  }
  for (const [key, value] of Object.entries(node)) Reflect.set(node, key, rewritten(value));
}

function rewritten(node: unknown): unknown {
  if (typeof node !== "object" || node === null) return node;
  rewriteInside(node);
  if (!isJsonObject(node)) return node;
  const { type, callee, args, operand, filter } = node;
  if (type === "CallExpression" && isJsonObject(callee) && Array.isArray(args)) {
    const method =
      callee.type === "MemberExpression" && callee.computed === false ? nameOf(callee.property) : "";
    if (["strip", "lstrip", "rstrip"].includes(method))
      return call(`python_${method}`, [callee.object, ...args]);
  }
  if (type !== "FilterExpression") return node;
  if (nameOf(filter) === "trim") return call("python_strip", [operand]);
  if (nameOf(filter) === "string") return call("python_string", [operand]);
  return node;
}

function nameOf(node: unknown): string {
  return isJsonObject(node) && node.type === "Identifier" ? String(node.value) : "";
}

/** A call as the parser would make it. */
function call(name: string, args: unknown[]): object {
  return Object.assign(parse(tokenize(`{{ ${name}() }}`)).body[0]!, { args });
}
