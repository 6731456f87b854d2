import { type DataRecord, field } from "../formats/format.ts";
import type { Parts, Path } from "../parts.ts";
import type { Found, Rule } from "./rule.ts";

/** Keys that each make a record one of some format; the first of those there is the one that is read. */
const bearers: readonly (readonly string[])[] = [
  ["messages"],
  ["interactions"],
  ["conversations"],
  ["contents"],
  ["prompt", "completion"],
  ["prompt"],
  ["text"],
];

export const ambiguousFormat: Rule = {
  id: "ambiguous-format",
  level: "schema",
  on: "record",
  severity: "warning",
  targets: { "mlx-lm": "error", openai: "error", mistral: "error" },
  summary: "The record can be read in more than one format",
  rationale:
    "With `messages` and `text` in one record, one trainer learns the conversation and another the text: mlx-lm takes prompt and completion before messages before text, Together and Mistral refuse the record. Keep the one that is meant.",
  source:
    "[mlx-lm](https://github.com/ml-explore/mlx-lm) `tuner/datasets.py` (order of precedence); [mistral-finetune](https://github.com/mistralai/mistral-finetune) (exactly one of the keys); Together's `files check`.",
  check({ record, format, container, parts }, _context, report) {
    if (!record || !format || container === "table" || format.untrainable || format.mapping) return;
    if (format.name === "mistral") reportTwice(record, parts, report);
    const [read, ...others] = bearersIn(record, format.name);
    if (!read) return;
    for (const keys of others) {
      const [first] = keys;
      report({
        at: [first!],
        on: "key",
        message: `${quoted(keys)} beside ${quoted(read)}: trainers differ in which they read`,
        fixes: () => [
          {
            title: `Remove ${quoted(keys)}`,
            edits: keys.map((key) => ({ kind: "remove" as const, at: [key] })),
          },
          {
            title: `Remove ${quoted(read)}`,
            edits: read.map((key) => ({ kind: "remove" as const, at: [key] })),
          },
        ],
      });
    }
  },
  bad: [
    {
      text: '{«"text"»: "user: a assistant: b", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
    },
    {
      text: '{«"prompt"»: "a", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
    },
    {
      text: '{"prompt": "a", "completion": "b", «"text"»: "a b"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: '{"interactions": [{"role": "user", "text": "a"}, {"role": "assistant", "content": "b", «"text"»: "c"}], "available_tools": [], «"tools"»: []}\n',
      fixed:
        '{"interactions": [{"role": "user", "text": "a"}, {"role": "assistant", "content": "b"}], "available_tools": []}\n',
      target: "mistral",
    },
    {
      text: '{«"messages"»: [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], "interactions": [{"role": "user", "text": "a"}, {"role": "assistant", "text": "b"}]}\n',
      fixed: '{"interactions": [{"role": "user", "text": "a"}, {"role": "assistant", "text": "b"}]}\n',
      target: "mistral",
    },
  ],
  good: [
    { text: '{"text": "a", "label": "b"}\n', note: "A text and its label are one format." },
    {
      text: '{"instruction": "a", "input": "", "output": "b", "text": "a b"}\n',
      note: "As the first Alpaca files are.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], "text": null}\n',
    },
    {
      text: '{"prompt": "a", "chosen": "b", "rejected": "c", "messages": []}\n',
      note: "Preference data is known by its answers.",
    },
  ],
};

/** mistral-finetune has two names for some keys, and refuses both at once. */
function reportTwice(record: DataRecord, { conversations }: Parts, report: (found: Found) => void): void {
  const twice = (at: Path, key: string, read: string) =>
    report({
      at: [...at, key],
      on: "key",
      message: `"${key}" beside "${read}", which means the same: mistral-finetune refuses both at once`,
      fixes: () => [{ title: `Remove "${key}"`, edits: [{ kind: "remove", at: [...at, key] }] }],
    });
  if (field(record, "tools") !== undefined && field(record, "available_tools") !== undefined) {
    twice([], "tools", "available_tools");
  }
  for (const { turns } of conversations) {
    for (const { at, message } of turns) {
      if (message?.content !== undefined && message.text !== undefined) twice(at, "text", "content");
    }
  }
}

/** Formats that are read by one of these keys. */
const concerned = new Set(["chat", "mistral", "sharegpt", "gemini", "prompt-completion"]);

function bearersIn(record: DataRecord, format: string): readonly (readonly string[])[] {
  if (!concerned.has(format)) return [];
  const isThere = (key: string) => {
    const value = field(record, key);
    return typeof value === "string" || Array.isArray(value);
  };
  const found = bearers.filter((keys) => keys.every(isThere));
  // The format reads this one.
  if (format === "mistral")
    found.sort(([a], [b]) => Number(b === "interactions") - Number(a === "interactions"));
  return found.filter(
    (keys) => keys.length > 1 || keys[0] !== "prompt" || !found.some((each) => each.length > 1),
  );
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(" and ");
}
