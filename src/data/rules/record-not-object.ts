import { isJsonObject, kindOf } from "../../json/object.ts";
import { elementsOf } from "../source/sequence.ts";
import { type Fix, type RecordView, type Rule, removeRow } from "./rule.ts";

export const recordNotObject: Rule = {
  id: "record-not-object",
  level: "syntax",
  on: "record",
  severity: "error",
  summary: "A record is no object",
  rationale:
    "Every trainer looks for keys in a record. A text, a number or a list has none: the loader stops there, or makes a table of one nameless column.",
  source: "Together's `files check` (line_type); LongCite #11.",
  check(view, _context, report) {
    const { kind, value, container } = view;
    if (kind === "gap" || value === undefined || isJsonObject(value)) return;
    if (container === "array" ? view.source === "" : container !== "lines") return;
    report({
      message: `a record must be an object with keys; this is ${kindOf(value)}`,
      fixes: () => [...fixesOf(view), removeRow],
    });
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": "b"}\n«[{"prompt":"c","completion":"d"}]»\n',
      fixed: '{"prompt": "a", "completion": "b"}\n{"prompt":"c","completion":"d"}\n',
    },
    {
      text: '{"prompt": "a", "completion": "b"}\r\n«[ {"prompt": "c", "completion": "d"}, {"prompt": "e", "completion": "f"} ]»\r\n',
      fixed:
        '{"prompt": "a", "completion": "b"}\r\n{"prompt": "c", "completion": "d"}\r\n{"prompt": "e", "completion": "f"}\r\n',
    },
    {
      text: '«"{\\"prompt\\": \\"a\\", \\"completion\\": \\"b\\"}"»\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
      note: "Written as JSON twice.",
    },
    {
      name: "train.json",
      text: '[{"prompt": "a", "completion": "b"},\n«"c"»,\n«null»]\n',
      fixed: '[{"prompt": "a", "completion": "b"}]\n',
    },
  ],
  good: [
    { text: '{"prompt": "a", "completion": "b"}\n' },
    { name: "train.json", text: '[{"prompt": "a", "completion": "b"}]\n' },
    { name: "train.txt", text: "[1]\n\nnull\n" },
  ],
};

function fixesOf({ source, container, value, lineEnd }: RecordView): Fix[] {
  if (typeof value === "string") {
    return isObjectText(value)
      ? [{ title: "Take the object out of the string", edits: [rewritten(source, value.trim())] }]
      : [];
  }
  if (!Array.isArray(value) || value.length === 0 || !value.every(isJsonObject)) return [];
  const records = elementsOf(source).map(({ start, end }) => source.slice(start, end));
  if (records.length === 1) {
    return [{ title: "Take the object out of the list", edits: [rewritten(source, records[0]!)] }];
  }
  const between = container === "lines" ? lineEnd : ", ";
  return [
    { title: "Make each object of the list a record", edits: [rewritten(source, records.join(between))] },
  ];
}

function rewritten({ length }: string, text: string) {
  return { kind: "source", span: [0, length], text } as const;
}

function isObjectText(text: string): boolean {
  if (!text.trimStart().startsWith("{") || text.includes("\n")) return false;
  try {
    return isJsonObject(JSON.parse(text));
  } catch {
    return false;
  }
}
