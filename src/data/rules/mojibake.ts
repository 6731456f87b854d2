import { mojibakeIn } from "../detect/mojibake.ts";
import type { Rule } from "./rule.ts";

export const mojibake: Rule = {
  id: "mojibake",
  level: "syntax",
  on: "record",
  severity: "warning",
  summary: "A text was read in the wrong encoding",
  rationale:
    "“cafÃ©” is “café”, stored as UTF-8 and read as Windows-1252 on its way. The model learns the signs as they stand. A text is told of only where all its signs turn into letters when they are read again.",
  source: "[ftfy](https://ftfy.readthedocs.io), which Data-Juicer's `fix_unicode_mapper` uses.",
  check({ parts, isPlain }, _context, report) {
    if (isPlain) return;
    for (const { at, text } of parts.texts) {
      const found = mojibakeIn(text);
      const [first] = found;
      if (!first) continue;
      report({
        at,
        span: [first.start, first.end],
        message: `${JSON.stringify(text.slice(first.start, first.end))} is ${JSON.stringify(first.meant)}, read in the wrong encoding${found.length > 1 ? `; ${found.length} places in this text` : ""}`,
        fixes: () => [
          {
            title: `Write ${JSON.stringify(first.meant)}${found.length > 1 ? " …" : ""}`,
            edits: found.map(({ start, end, meant }) => ({
              kind: "text",
              at,
              span: [start, end],
              text: meant,
            })),
          },
        ],
      });
    }
  },
  bad: [
    {
      text: '{"prompt": "caf«Ã©» MÃ¼ller itâ€™s", "completion": "«ðŸ˜€»"}\n',
      fixed: '{"prompt": "café Müller it’s", "completion": "😀"}\n',
    },
    {
      name: "train.csv",
      text: "text,label\ncaf«Ã©»,b\n",
      fixed: "text,label\ncafé,b\n",
    },
  ],
  good: [
    { text: '{"prompt": "café Müller it’s “A”", "completion": "MAÇÃ, SÃO, 20 °C, Â"}\n' },
    { text: '{"prompt": "why does cafÃ© stand for café?", "completion": "b"}\n', note: "A text about it." },
    { text: '{"prompt": "こんにちは", "completion": "Ärger"}\n' },
  ],
};
