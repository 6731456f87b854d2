import type { Rule } from "./rule.ts";

export const jsonParse: Rule = {
  id: "json-parse",
  level: "syntax",
  on: "record",
  gaps: true,
  severity: "error",
  summary: "The record is not valid JSON",
  rationale:
    "Most loaders stop at the first line they cannot parse, and many do not say which line it was. Tunesmith leaves such a record out of training.",
  source:
    "`json.loads` on every line in [mlx-lm](https://github.com/ml-explore/mlx-lm); errors without a line in text-generation-webui #2500 and LLaMA-Factory #2553. The grammar is [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259).",
  check({ kind, source, container, fault }, _context, report) {
    if (container === "table" || container === "documents" || !fault) return;
    if (kind === "record" && source.trim() === "") return;
    const end = Math.min(fault.offset + 1, source.length);
    report({ message: `not valid JSON: ${fault.message}`, source: [Math.min(fault.offset, end), end] });
  },
  bad: [{ text: '{"prompt": "a" «"»completion": "b"}\n' }],
  good: [{ text: '{"prompt": "a", "completion": "b"}\n' }],
};
