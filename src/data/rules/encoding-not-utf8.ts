import type { FileRule, Fix } from "./rule.ts";

const asUtf8: Fix = {
  title: "Save the file as UTF-8",
  safe: true,
  save: { encoding: "utf-8", byteOrderMark: false },
};

export const encodingNotUtf8: FileRule = {
  id: "encoding-not-utf8",
  level: "syntax",
  on: "file",
  severity: "error",
  summary: "The file is not UTF-8 text",
  rationale:
    "JSON is UTF-8, and trainers read all data so. One byte of another encoding stops most of them; others put a replacement character there, which is learned. Save the file as UTF-8 (a spreadsheet calls it CSV UTF-8). Tunesmith reads UTF-16 with a byte order mark, too.",
  source:
    "Together's `files check` (utf8); [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-8.1); JSON Lines: UTF-8 encoding.",
  check({ encoding, brokenLine, broken, first }, { target }, report) {
    if (encoding !== "utf-8") {
      const named = encoding === "utf-16le" ? "UTF-16 LE" : "UTF-16 BE";
      report({
        message: `the file is ${named}: trainers read UTF-8`,
        severity: target === "tunesmith" ? "info" : "error",
        ...(brokenLine === undefined && { fixes: () => [asUtf8] }),
      });
    }
    if (brokenLine === undefined || broken === undefined) return;
    report({
      record: broken ?? first,
      message: `the bytes of line ${brokenLine} are not ${encoding === "utf-8" ? "UTF-8" : "UTF-16"}: open the file in the encoding that it has, and save it as UTF-8`,
    });
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": "b"}\n«{"prompt": "caf\uFFFD", "completion": "b"}»\n',
      origin: { encoding: "utf-8", byteOrderMark: false, brokenLine: 2 },
      note: "The é is a byte of Latin-1.",
    },
    {
      name: "train.csv",
      text: "«»text,label\na,b\n",
      origin: { encoding: "utf-16le", byteOrderMark: true },
      target: "trl",
      note: 'What a spreadsheet calls "Unicode text".',
    },
  ],
  good: [
    { text: '{"prompt": "café", "completion": "b"}\n' },
    {
      text: '{"prompt": "a\uFFFD", "completion": "b"}\n',
      note: "The character itself: see `replacement-character`.",
    },
  ],
};
