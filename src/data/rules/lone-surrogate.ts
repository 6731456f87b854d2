import { type Rule, removeRow } from "./rule.ts";

export const loneSurrogate: Rule = {
  id: "lone-surrogate",
  level: "syntax",
  on: "record",
  severity: "error",
  summary: "Half a character is written in an escape",
  rationale:
    "`\\ud83d` alone is the first half of an emoji that was cut. It cannot be written as UTF-8: Python tokenizers raise an error at it, others see a replacement character.",
  source:
    "[RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-8.2), on unpaired surrogates; CPython's `UnicodeEncodeError: surrogates not allowed`.",
  check({ parts, source, container, isPlain }, _context, report) {
    if (isPlain || (container !== "lines" && container !== "array") || !/\\u[dD]/.test(source)) return;
    for (const { at, text } of parts.texts) {
      for (const { index } of text.matchAll(/[\ud800-\udfff]/gu)) {
        const half = `\\u${text.charCodeAt(index).toString(16)}`;
        report({
          at,
          span: [index, index + 1],
          message: `${half} is half a character: tokenizers refuse it, or learn a replacement character`,
          fixes: () => [
            { title: `Remove ${half}`, edits: [{ kind: "text", at, span: [index, index + 1], text: "" }] },
            removeRow,
          ],
        });
      }
    }
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": "fine «\\ud83d»! «\\uDE00»\\ud83d\\ude00"}\n',
      fixed: '{"prompt": "a", "completion": "fine ! \\ud83d\\ude00"}\n',
    },
  ],
  good: [
    { text: '{"prompt": "a", "completion": "\\ud83d\\ude00 😀 \\\\ud83d"}\n' },
    { name: "train.csv", text: "text,label\n\\ud83d,b\n" },
  ],
};
