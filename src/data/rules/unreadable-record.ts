import { isJsonObject } from "../../json/object.ts";
import { FieldError, fieldName, fieldPath } from "../formats/format.ts";
import { schemaFindings } from "../schemas/check.ts";
import type { Fix, Found, Rule } from "./rule.ts";

export const unreadableRecord: Rule = {
  id: "unreadable-record",
  level: "schema",
  on: "record",
  unlessErrors: true,
  severity: "error",
  summary: "The record cannot be read in its format, and is left out",
  rationale:
    "Training leaves out what it cannot read. This rule asks the same reader, for whatever no other rule has found: a row that the linter calls fine is one that will be learned.",
  source: "Tunesmith's own reading of datasets; LLaMA-Factory leaves such rows out with a line in its log.",
  check(view, context, report) {
    const { record, row, format } = view;
    if (!record || !format) return;
    const types = schemaFindings(view, context).types.filter(({ isText }) => !isText);
    for (const { at, value, allowed } of types) report(wrongType(at, value, allowed));
    if (types.length > 0 || context.target !== "tunesmith") return;
    if (!(row instanceof FieldError) || format.untrainable || context.format?.untrainable) return;
    report({ at: fieldPath(record, row.field), message: `${row.message}; the row is left out of training` });
  },
  bad: [
    {
      text: '{"messages": «"[{\\"role\\": \\"user\\", \\"content\\": \\"a\\"}, {\\"role\\": \\"assistant\\", \\"content\\": \\"b\\"}]"»}\n{"messages": [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}\n{"messages": [{"role": "user", "content": "e"}, {"role": "assistant", "content": "f"}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n{"messages": [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}\n{"messages": [{"role": "user", "content": "e"}, {"role": "assistant", "content": "f"}]}\n',
      note: "A list that was written as a string.",
    },
    { text: '{"instruction": "a", "output": "b", "history": [«["c"]»]}\n' },
    {
      text: '{"userInput": {"text": "13 of us"}, "labels": [{"slot": "people", "valueSpan": «{"startIndex": 1, "endIndex": 99}»}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": [«{"type": "image_url", "image_url": {"url": "a.png"}}»]}, {"role": "assistant", "content": "b"}]}\n',
      note: "Tunesmith learns text only.",
    },
  ],
  good: [
    {
      text: '{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "a.png"}}]}, {"role": "assistant", "content": "b"}]}\n',
      target: "openai",
    },
    {
      text: '{"prompt": "a", "chosen": "b", "rejected": "c"}\n',
      note: "Preference data is known, though Tunesmith does not train on it.",
    },
    {
      text: '{"userInput": {"text": "13 of us"}, "labels": [{"slot": "people", "valueSpan": {"endIndex": 2}}]}\n',
    },
  ],
};

function wrongType(at: Found["at"], value: unknown, allowed: readonly string[]): Found {
  const wanted = allowed
    .filter((type) => type !== "null")
    .map(inWords)
    .join(" or ");
  return {
    at: at!,
    message: `"${fieldName(at!)}" should be ${wanted}`,
    fixes: (): Fix[] => {
      const parsed = typeof value === "string" ? parsedAs(value, allowed) : undefined;
      if (parsed === undefined) return [];
      return [
        {
          title: "Write the JSON in the string as it is",
          edits: [{ kind: "replace", at: at!, value: parsed }],
        },
      ];
    },
  };
}

function inWords(type: string): string {
  if (type === "array") return "a list";
  if (type === "integer") return "a whole number";
  if (type === "boolean") return "true or false";
  return type === "object" ? "an object" : type === "string" ? "a text" : `a ${type}`;
}

function parsedAs(text: string, allowed: readonly string[]): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const fits =
    (allowed.includes("array") && Array.isArray(value)) ||
    (allowed.includes("object") && isJsonObject(value));
  return fits ? value : undefined;
}
