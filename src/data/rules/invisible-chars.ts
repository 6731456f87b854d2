import { type Invisible, invisibleIn } from "../detect/invisible.ts";
import type { TextPart } from "../parts.ts";
import type { Fix, RecordEdit, Rule } from "./rule.ts";

/** A text full of them is told of in its last one. */
const mostInText = 20;

export const invisibleChars: Rule = {
  id: "invisible-chars",
  level: "syntax",
  on: "record",
  severity: "warning",
  summary: "A text holds characters that nobody sees",
  rationale:
    "Zero width spaces, soft hyphens, direction marks and control characters come along from web pages, PDFs and terminals. A tokenizer sees them: words fall into other tokens than they do in questions that people type, and what is learned with them is answered with them. Some loaders also end a line at U+2028. Joiners stay where a script or an emoji is written with them, and direction marks in texts from right to left.",
  source:
    "AlpacaDataCleaned #10 (control characters); Data-Juicer's `fix_unicode_mapper`; [Trojan Source](https://trojansource.codes) for direction marks.",
  check({ parts, isPlain }, _context, report) {
    if (isPlain) return;
    for (const { at, text } of parts.texts) {
      const found = invisibleIn(text);
      for (const [i, invisible] of found.slice(0, mostInText).entries()) {
        const rest = i === mostInText - 1 ? found.slice(mostInText) : [];
        const more = rest.length === 0 ? "" : `, and ${rest.length} more such places in this text`;
        report({
          at,
          span: [invisible.start, invisible.end],
          message: `${counted(invisible)} that nobody sees${more}`,
          fixes: () => fixesOf(at, [invisible, ...rest], found),
        });
      }
    }
  },
  bad: [
    {
      text: '{"prompt": "Where is my«\u200b» card?", "completion": "b"}\n',
      fixed: '{"prompt": "Where is my card?", "completion": "b"}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "de«\\u00ad»liv«\\u00AD»ery"}, {"role": "assistant", "content": "«\\u001b»[0mok«\u202e»"}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "delivery"}, {"role": "assistant", "content": "[0mok"}]}\n',
    },
    {
      text: '{"prompt": "a«\u2028»b«\ufeff\ufeff»", "completion": "c«\u200d»d"}\n',
      fixed: '{"prompt": "a\\nb", "completion": "cd"}\n',
      note: "A line separator becomes a line end.",
    },
    {
      name: "train.csv",
      text: 'text,label\n"a ""«\u200e»b""",c\n',
      fixed: 'text,label\n"a ""b""",c\n',
    },
    {
      text: '{"prompt": "«\\b»eta + «\\f»rac{1}{2}", "completion": "b"}\n',
      fixed: '{"prompt": "\\\\beta + \\\\frac{1}{2}", "completion": "b"}\n',
      note: "A formula whose backslashes nobody has doubled.",
    },
    {
      text: '{"prompt": "hi«\u{e0048}\u{e0049}»", "completion": "b"}\n',
      fixed: '{"prompt": "hi", "completion": "b"}\n',
      note: "Letters that models read and people do not.",
    },
  ],
  good: [
    {
      text: '{"prompt": "👩\u200d💻 and 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} and ❤️\u200d🔥", "completion": "👨🏽\u200d🚀"}\n',
    },
    {
      text: '{"prompt": "می\u200cخواهم", "completion": "क\u094d\u200dष"}\n',
      note: "Persian and Hindi need them.",
    },
    { text: '{"prompt": "\u200fשלום (abc)\u200e", "completion": "សួស្តី\u200bពិភពលោក"}\n' },
    { text: '{"prompt": "a\\tb\\r\\nc\u00a0d\u3000e", "completion": "f"}\n' },
    { name: "train.txt", text: "a\tb\r\n\r\nc\r\n" },
  ],
};

function counted({ name, start, end }: Invisible): string {
  const times = end - start;
  return times === 1 || name.startsWith("a tag") ? name : `${name} (${times} times)`;
}

function fixesOf(at: TextPart["at"], wanted: readonly Invisible[], all: readonly Invisible[]): Fix[] {
  const edits = (invisible: readonly Invisible[]) =>
    invisible.map(
      ({ start, end, instead }): RecordEdit => ({ kind: "text", at, span: [start, end], text: instead }),
    );
  const isRemoved = wanted.every(({ instead }) => instead === "");
  const title = isRemoved ? `Remove ${wanted[0]!.name}` : `Write ${JSON.stringify(wanted[0]!.instead)}`;
  const fixes: Fix[] = [{ title, edits: edits(wanted) }];
  if (all.length > wanted.length) {
    fixes.push({ title: "Mend all invisible characters of this text", edits: edits(all) });
  }
  return fixes;
}
