import { onOneLine } from "../source/sequence.ts";
import type { Rule } from "./rule.ts";

export const jsonlRecordSpansLines: Rule = {
  id: "jsonl-record-spans-lines",
  level: "syntax",
  on: "record",
  severity: "error",
  summary: "A record of a JSON Lines file stands on several lines",
  rationale:
    "In JSON Lines, a line is a record. A record that a formatter has set out over several lines is read as several broken ones: the first line of it stops most loaders.",
  source:
    'The note on one record a line in mlx-lm\'s `LORA.md`; "Each line is a valid JSON value" in [JSON Lines](https://jsonlines.org).',
  check({ source, container, value, kind }, _context, report) {
    if (container !== "lines" || kind !== "record" || value === undefined || !source.includes("\n")) return;
    report({
      message: `this record stands on ${source.split("\n").length} lines: loaders read every line as a record`,
      fixes: () => [
        {
          title: "Write the record on one line",
          safe: true,
          edits: [{ kind: "source", span: [0, source.length], text: onOneLine(source) }],
        },
      ],
    });
  },
  bad: [
    {
      text: '«{\n  "prompt": "a",\n  "completion": "b\\n, {c}",\n  "score": 1.0,\n  "tags": [\n    "x",\n    "y"\n  ]\n}»\n{"prompt": "c", "completion": "d"}\n',
      fixed:
        '{"prompt": "a", "completion": "b\\n, {c}", "score": 1.0, "tags": ["x", "y"]}\n{"prompt": "c", "completion": "d"}\n',
    },
    {
      text: '«{"prompt":"a",\r\n"completion":"b"}»\r\n{"prompt":"c","completion":"d"}\r\n',
      fixed: '{"prompt":"a", "completion":"b"}\r\n{"prompt":"c","completion":"d"}\r\n',
    },
  ],
  good: [
    { text: '{"prompt": "a", "completion": "b\\nc"}\n{"prompt": "c", "completion": "d"}\n' },
    { name: "train.json", text: '[\n  {\n    "prompt": "a",\n    "completion": "b"\n  }\n]\n' },
  ],
};
