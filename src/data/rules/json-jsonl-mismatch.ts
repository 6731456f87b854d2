import { extensionOf } from "../source/container.ts";
import { segment, segmenterOf } from "../source/piece.ts";
import { onOneLine } from "../source/sequence.ts";
import type { FileRule } from "./rule.ts";

export const jsonJsonlMismatch: FileRule = {
  id: "json-jsonl-mismatch",
  level: "syntax",
  on: "file",
  severity: "error",
  targets: { tunesmith: "warning" },
  summary: "The file's ending says one kind of JSON, and its text is the other",
  rationale:
    "A loader that goes by the ending reads the first line of an array as a record, or all lines as one value, and stops. Tunesmith looks at the text and reads both.",
  source: "openai-python `_validators.py` (read_any_format), which converts such files.",
  check({ name, container, records, unreadable }, _context, report) {
    const extension = extensionOf(name);
    if (container === "array" && (extension === ".jsonl" || extension === ".ndjson")) {
      report({
        message: `this is one JSON array, where a ${extension} file holds one record a line`,
        fixes: () => [{ title: "Write one record a line", rewrite: asLines }],
      });
    }
    if (container === "lines" && extension === ".json" && records + unreadable > 1) {
      report({
        message: "these are JSON Lines, where a .json file holds one value: an array of the records",
        fixes: () => [{ title: "Write one array of the records", rewrite: asArray }],
      });
    }
  },
  bad: [
    {
      text: '«»[\n  {\n    "prompt": "a",\n    "completion": "b"\n  },\n  {"prompt": "c", "completion": "d"}\n]\n',
      fixed: '{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n',
    },
    {
      name: "train.json",
      text: '«»{"prompt": "a", "completion": "b"}\r\n{"prompt":"c","completion":"d"}\r\n',
      fixed: '[\r\n{"prompt": "a", "completion": "b"},\r\n{"prompt":"c","completion":"d"}\r\n]\r\n',
    },
  ],
  good: [
    { text: '{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n' },
    {
      name: "train.json",
      text: '[{"prompt": "a", "completion": "b"},\n{"prompt": "c", "completion": "d"}]\n',
    },
    { name: "train.json", text: '{"train": [{"prompt": "a", "completion": "b"}]}\n' },
  ],
};

/** All records as they are written, and whatever else stands there: only brackets, commas and blanks are left behind. */
function recordsOf(text: string, container: "array" | "lines"): string[] {
  return [...segment(text, segmenterOf(container, ""))].flatMap(({ kind, text, start, end }) => {
    const written = kind === "record" ? text.slice(start, end) : text.trim();
    return kind === "record" || /[^\s[\],]/.test(written) ? [written] : [];
  });
}

function lineEndOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function asLines(text: string): string {
  const lineEnd = lineEndOf(text);
  return recordsOf(text, "array")
    .map((record) => onOneLine(record) + lineEnd)
    .join("");
}

function asArray(text: string): string {
  const lineEnd = lineEndOf(text);
  return `[${lineEnd}${recordsOf(text, "lines").join(`,${lineEnd}`)}${lineEnd}]${lineEnd}`;
}
