import { type DataRecord, type Format, learned, readRow } from "../formats/format.ts";
import { schemaFindings } from "../schemas/check.ts";
import { schemaOf } from "../schemas/index.ts";
import { writtenRecord } from "../written-record.ts";
import type { Fix, Rule } from "./rule.ts";

export const mixedFormats: Rule = {
  id: "mixed-formats",
  level: "schema",
  on: "record",
  severity: "error",
  summary: "The record is in another format than most of the file",
  rationale:
    "A file is read in one format. Records of another are left out, or stop the trainer; mlx-lm even decides by the first row alone, whatever follows.",
  source:
    "[mlx-lm](https://github.com/ml-explore/mlx-lm) `tuner/datasets.py` (the first row decides); Together's `files check` (one format a file).",
  check(view, context, report) {
    const { format, other } = schemaFindings(view, context);
    if (!format || !other) return;
    report({
      message: `this is a record of the format "${other.name}", but most of the file is "${format.name}"`,
      fixes: () => conversion(view.record!, other, format),
    });
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n«{"messages": [{"role": "user", "content": "e"}, {"role": "assistant", "content": "f"}]}»\n',
      fixed:
        '{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n{"prompt": "e", "completion": "f"}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n{"messages": [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}\n«{"id": 7, "conversations": [{"from": "human", "value": "e"}, {"from": "gpt", "value": "f"}]}»\n',
      fixed:
        '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n{"messages": [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}\n{"id": 7, "messages": [{"role": "user", "content": "e"}, {"role": "assistant", "content": "f"}]}\n',
      note: "What says where the row comes from stays.",
    },
    {
      text: '{"instruction": "a", "input": "", "output": "b"}\n{"instruction": "c", "input": "", "output": "d"}\n«{"text": "a text"}»\n',
      note: "A text has no question: there is nothing to convert it to.",
    },
  ],
  good: [
    {
      text: '{"instruction": "a", "output": "b"}\n{"instruction": "c", "output": "d", "input": "x", "history": [["e", "f"]]}\n',
      note: "What a format leaves open is no other format.",
    },
    {
      text: '{"sentence": "a", "intent": "b"}\n{"sentence": "c", "intent": "d"}\n{"sentence": "e"}\n',
      note: "A label is missing here; see `missing-required-key`.",
    },
  ],
};

/** A record of each format that can be written, for its names. */
const samples: Readonly<Record<string, DataRecord>> = {
  chat: {
    messages: [
      { role: "user", content: "a" },
      { role: "assistant", content: "b" },
    ],
  },
  sharegpt: {
    conversations: [
      { from: "human", value: "a" },
      { from: "gpt", value: "b" },
    ],
  },
  "prompt-completion": { prompt: "a", completion: "b" },
  alpaca: { instruction: "a", input: "", output: "b" },
};

function conversion(record: DataRecord, from: Format, to: Format): readonly Fix[] {
  const sample = samples[to.name];
  const row = learned(readRow(record, from));
  // Tools would be lost, and a weight's meaning with them where the format has none.
  if (!sample || row?.kind !== "chat" || row.tools) return [];
  const written = writtenRecord(row.messages, [sample], to.name);
  if (!written) return [];
  const { properties = {} } = schemaOf(from);
  const known = schemaOf(to).properties ?? {};
  const kept = Object.entries(record).filter(
    ([key]) => !Object.hasOwn(properties, key) || Object.hasOwn(known, key),
  );
  return [
    {
      title: `Convert this record to "${to.name}"`,
      edits: [{ kind: "replace", at: [], value: { ...Object.fromEntries(kept), ...written } }],
    },
  ];
}
