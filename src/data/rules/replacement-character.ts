import type { Rule } from "./rule.ts";

export const replacementCharacter: Rule = {
  id: "replacement-character",
  level: "syntax",
  on: "record",
  severity: "warning",
  summary: "A replacement character stands where another was lost",
  rationale:
    "U+FFFD (�) is what programs write for bytes that they cannot read. The letter that stood there is gone from the file, and the sign is learned in its place. Take the text from its source again, in its own encoding.",
  source:
    "Data-Juicer's `fix_unicode_mapper`; [Unicode 16.0, section 23.8](https://www.unicode.org/versions/latest/).",
  check({ parts, source, isPlain }, _context, report) {
    if (isPlain || (!source.includes("\uFFFD") && !/\\ufffd/i.test(source))) return;
    for (const { at, text } of parts.texts) {
      for (const { 0: signs, index } of text.matchAll(/\uFFFD+/g)) {
        report({
          at,
          span: [index, index + signs.length],
          message: `${signs.length === 1 ? "a character" : `${signs.length} characters`} could not be read when this text was made, and ${signs.length === 1 ? "is" : "are"} lost`,
        });
      }
    }
  },
  bad: [
    { text: '{"prompt": "caf«\uFFFD» M«\\ufffd\uFFFD»ller", "completion": "b"}\n' },
    { name: "train.txt", text: "caf«\uFFFD»\n" },
  ],
  good: [{ text: '{"prompt": "café Müller", "completion": "b?"}\n' }],
};
