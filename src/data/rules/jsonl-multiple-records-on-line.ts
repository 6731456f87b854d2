import { valuesInSequence } from "../source/sequence.ts";
import type { RecordEdit, Rule } from "./rule.ts";

export const jsonlMultipleRecordsOnLine: Rule = {
  id: "jsonl-multiple-records-on-line",
  level: "syntax",
  on: "record",
  severity: "error",
  summary: "Several records stand on one line",
  rationale:
    'A script that forgets the line end writes `}{`. Parsers stop behind the first record of the line, with "Extra data" or "Trailing data".',
  source:
    'LexiLaw #44 ("Extra data"); "Each line is a valid JSON value" in [JSON Lines](https://jsonlines.org).',
  check({ source, container, value, fault, lineEnd }, _context, report) {
    if (container !== "lines" || value !== undefined || !fault?.message.startsWith("there is more")) return;
    const records = valuesInSequence(source);
    if (!records) return;
    report({
      message: `${records.length} records stand on this line: parsers stop behind the first`,
      source: [records[1]!.start, records.at(-1)!.end],
      fixes: () => [
        {
          title: "Write each record on its own line",
          safe: true,
          edits: records.map(
            ({ end }, i): RecordEdit => ({
              kind: "source",
              span: [end, records[i + 1]?.start ?? source.length],
              text: i === records.length - 1 ? "" : lineEnd,
            }),
          ),
        },
      ],
    });
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": "b"}«{"prompt":"c","completion":"d"}»\n',
      fixed: '{"prompt": "a", "completion": "b"}\n{"prompt":"c","completion":"d"}\n',
    },
    {
      text: '{"prompt": "a", "completion": "b"}, «{"prompt": "c", "completion": "d"} {"prompt": "e", "completion": "f"}»,\r\n{"prompt": "g", "completion": "h"}\r\n',
      fixed:
        '{"prompt": "a", "completion": "b"}\r\n{"prompt": "c", "completion": "d"}\r\n{"prompt": "e", "completion": "f"}\r\n{"prompt": "g", "completion": "h"}\r\n',
    },
  ],
  good: [
    { text: '{"prompt": "a}{", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n' },
    {
      text: '{"prompt": "a", "completion": "b"} {"prompt": "c"\n',
      note: "Not valid JSON: see `json-parse`.",
    },
  ],
};
