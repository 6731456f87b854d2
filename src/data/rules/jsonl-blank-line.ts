import type { Rule } from "./rule.ts";

export const jsonlBlankLine: Rule = {
  id: "jsonl-blank-line",
  level: "syntax",
  on: "record",
  gaps: true,
  severity: "warning",
  targets: { "mlx-lm": "error" },
  summary: "A blank line stands between the records",
  rationale:
    "In JSON Lines, every line is a record. Loaders that parse each line, as mlx-lm does, stop at one that is empty. Tunesmith passes over it.",
  source:
    '`json.loads(l) for l in fid` in [mlx-lm](https://github.com/ml-explore/mlx-lm) `datasets.py`; "Each line is a valid JSON value" in [JSON Lines](https://jsonlines.org).',
  check({ kind, source, container }, _context, report) {
    if (container !== "lines" || (kind === "record" && source.charCodeAt(0) < 0x80)) return;
    if (source.trim() !== "") return;
    report({
      message: "a blank line is no record: loaders that parse each line stop here",
      fixes: () => [
        {
          title: "Remove the blank line",
          safe: true,
          edits: [{ kind: "remove-record" }],
        },
      ],
    });
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": "b"}\n«»\n{"prompt": "c", "completion": "d"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n',
    },
    {
      text: '{"prompt": "a", "completion": "b"}\r\n« \t»\r\n«»\r\n{"prompt": "c", "completion": "d"}\r\n',
      fixed: '{"prompt": "a", "completion": "b"}\r\n{"prompt": "c", "completion": "d"}\r\n',
    },
    {
      text: '{"prompt": "a", "completion": "b"}\n«»\n«  »',
      fixed: '{"prompt": "a", "completion": "b"}\n',
      target: "mlx-lm",
      note: "At the end, too.",
    },
    {
      text: '«»\n{"prompt": "a", "completion": "b"}\n«\u00a0»\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
      note: "The second holds a no-break space.",
    },
  ],
  good: [
    { text: '{"prompt": "a", "completion": "b"}\n', note: "The last line end ends a line; it begins none." },
    { text: '{"prompt": "a", "completion": "b\\n\\nc"}' },
    { name: "train.json", text: '[\n\n  {"prompt": "a", "completion": "b"}\n\n]\n' },
  ],
};
