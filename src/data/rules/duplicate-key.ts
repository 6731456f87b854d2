import { scanJson } from "../../json/scan.ts";
import type { Stretch } from "../source/locate.ts";
import type { Fix, Rule } from "./rule.ts";

export const duplicateKey: Rule = {
  id: "duplicate-key",
  level: "syntax",
  on: "record",
  severity: "error",
  summary: "An object has the same key twice",
  rationale:
    "JSON leaves open which of them holds. Most parsers take the last and say nothing, so that the first value is never learned; stricter ones refuse the record.",
  source:
    "[RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-4): names within an object should be unique.",
  check({ source, container, value }, _context, report) {
    if (container !== "lines" && container !== "array") return;
    if (typeof value !== "object" || value === null || colonsIn(source) === keysIn(value)) return;
    for (const { name, members, at } of repeatedIn(source)) {
      const [key, before] = [members[at]!, members.findLast((member, i) => i < at && member.name === name)!];
      report({
        message: `the key ${JSON.stringify(name)} stands in this object a second time: parsers take the last value, or refuse the record`,
        source: [key.start, key.keyEnd],
        fixes: () => {
          const isSame = source.slice(key.value, key.end) === source.slice(before.value, before.end);
          const without = (index: number, title: string): Fix => {
            const { start, end } = removal(members, index);
            return {
              title,
              ...(isSame && { safe: true }),
              edits: [{ kind: "source", span: [start, end], text: "" }],
            };
          };
          if (isSame) return [without(at, "Remove the second of the two")];
          return [
            without(members.indexOf(before), "Keep the last value, which parsers take"),
            without(at, "Keep the first value"),
          ];
        },
      });
    }
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": "b", «"prompt"»: "c"}\n',
      fixed: '{"completion": "b", "prompt": "c"}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", «"\\u0072ole"» : "assistant"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
      note: "The same value twice: nothing is lost.",
    },
    {
      name: "train.json",
      text: '[\n  {\n    "prompt": "a",\n    «"prompt"»: "b",\n    «"prompt"»: "c",\n    "completion": "d"\n  }\n]\n',
      fixed: '[\n  {\n    "prompt": "c",\n    "completion": "d"\n  }\n]\n',
    },
  ],
  good: [
    { text: '{"prompt": "a", "completion": "b"}\n' },
    { text: '{"prompt": "{\\"a\\": 1, \\"a\\": 2}", "completion": "a\\":", "meta" : {"prompt":"c"}}\n' },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
    },
  ],
};

interface Member extends Stretch {
  name: string;
  keyEnd: number;
  value: number;
}

/** Quotes before colons: never less than there are keys, mostly as many. More is a reason to look closely. */
function colonsIn(source: string): number {
  let count = 0;
  for (let at = source.indexOf(":"); at >= 0; at = source.indexOf(":", at + 1)) {
    let before = at - 1;
    while (before > 0 && " \t\r\n".includes(source[before]!)) before--;
    if (source[before] === '"') count++;
  }
  return count;
}

function keysIn(value: object): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === "object" && item !== null) count += keysIn(item);
    return count;
  }
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    count++;
    if (typeof item === "object" && item !== null) count += keysIn(item);
  }
  return count;
}

/** Members whose name stands in their object before. */
function repeatedIn(source: string): { name: string; members: readonly Member[]; at: number }[] {
  const repeated: { name: string; members: readonly Member[]; at: number }[] = [];
  const objects: { members: Member[]; names: Set<string> }[] = [];
  scanJson(source, {
    enter(path, start, key) {
      const depth = path.length;
      const name = path[depth - 1];
      const object = objects[depth - 1];
      if (key !== undefined && typeof name === "string" && object) {
        const at = object.members.length;
        if (object.names.has(name)) repeated.push({ name, members: object.members, at });
        object.names.add(name);
        const keyEnd = source.lastIndexOf('"', source.lastIndexOf(":", start)) + 1;
        object.members.push({ name, start: key, keyEnd, value: start, end: start });
      }
      if (source[start] === "{") objects[depth] = { members: [], names: new Set() };
    },
    leave(path, start, end) {
      const member = objects[path.length - 1]?.members.at(-1);
      if (member?.value === start) member.end = end;
    },
  });
  return repeated;
}

/** With the comma on one side. */
function removal(members: readonly Member[], at: number): Stretch {
  const { start, end } = members[at]!;
  const next = members[at + 1];
  return next ? { start, end: next.start } : { start: members[at - 1]!.end, end };
}
