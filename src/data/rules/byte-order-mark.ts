import type { FileRule } from "./rule.ts";

export const byteOrderMark: FileRule = {
  id: "byte-order-mark",
  level: "syntax",
  on: "file",
  severity: "warning",
  targets: { tunesmith: "info" },
  summary: "The file begins with a byte order mark",
  rationale:
    "Some Windows programs begin UTF-8 files with an invisible mark. Python's `json` refuses it (\"Unexpected UTF-8 BOM\"), and a CSV reader can take it for a part of the first column's name, which then is not found. Tunesmith reads over it. In the editor, save the file with the encoding UTF-8 instead of UTF-8 with BOM.",
  source:
    "[RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-8.1): implementations must not add a byte order mark; CPython's `json.loads`.",
  check({ encoding, byteOrderMark }, _context, report) {
    // In UTF-16 the mark is what tells one from the other.
    if (!byteOrderMark || encoding !== "utf-8") return;
    report({
      message: "the file begins with a byte order mark, which Python's json refuses",
      fixes: () => [
        {
          title: "Save the file without a byte order mark",
          safe: true,
          save: { encoding: "utf-8", byteOrderMark: false },
        },
      ],
    });
  },
  bad: [
    {
      text: '«»{"prompt": "a", "completion": "b"}\n',
      origin: { encoding: "utf-8", byteOrderMark: true },
    },
  ],
  good: [
    { text: '{"prompt": "a", "completion": "b"}\n' },
    {
      name: "train.csv",
      text: "text,label\na,b\n",
      origin: { encoding: "utf-16be", byteOrderMark: true },
      note: "See `encoding-not-utf8`.",
    },
  ],
};
