import { type PersonalKind, personalKinds, personalSuspicion } from "../detect/personal.ts";
import { redaction, type Sensitive } from "../detect/redact.ts";
import { suspicions } from "../detect/suspicion.ts";
import type { TextPart } from "../parts.ts";
import type { Rule } from "./rule.ts";

type Personal = Sensitive & { kind: PersonalKind };

export const personalData: Rule = {
  id: "personal-data",
  level: "content",
  on: "record",
  severity: "warning",
  summary: "An address or a number of a person stands in the data",
  rationale:
    "A model can be brought to repeat what it was trained on word for word, and nothing can be taken out of it again when a person asks for that. Accounts and cards are told by their check digits. Addresses of offices (`support@`), of documentation (`example.com`) and of private networks are left alone. Phones and machines are told as information.",
  source:
    "Presidio's recognizers (cards and IBAN with their checksums, email, IP and MAC addresses, US social security numbers); Data-Juicer's mappers for emails and IPs.",
  check({ parts }, _context, report) {
    const suspected = suspicions(parts) & personalSuspicion;
    if (suspected === 0) return;
    const found = parts.texts.flatMap((part) => personalIn(part, suspected));
    for (const one of found) {
      const { at, start, end, kind } = one;
      report({
        at,
        span: [start, end],
        ...(kind.severity !== "warning" && { severity: kind.severity }),
        message: `looks like ${kind.name}; a model may give it to anybody`,
        fixes: () => [redaction(found, parts.texts, one)],
      });
    }
  },
  bad: [
    {
      text: '{"prompt": "I am «olena.k@ukr.net», my friend is «petro77@gmail.com»", "completion": "Thank you, «olena.k@ukr.net»."}\n',
      fixed: '{"prompt": "I am [EMAIL_1], my friend is [EMAIL_2]", "completion": "Thank you, [EMAIL_1]."}\n',
      note: "The same address gets the same placeholder.",
    },
    {
      text: '{"prompt": "My old card [CARD_1] is gone, block «4539 1488 0343 6467»", "completion": "Done."}\n',
      fixed: '{"prompt": "My old card [CARD_1] is gone, block [CARD_2]", "completion": "Done."}\n',
    },
    {
      text: '{"prompt": "Send it to «DE44 5001 0517 5407 3249 31» please", "completion": "Done."}\n',
      fixed: '{"prompt": "Send it to [IBAN_1] please", "completion": "Done."}\n',
    },
    {
      text: '{"prompt": "My number is «536-22-8741».", "completion": "Thank you."}\n',
      fixed: '{"prompt": "My number is [SSN_1].", "completion": "Thank you."}\n',
    },
    {
      text: '{"prompt": "Call «+380 44 279 60 13» and ask", "completion": "Done."}\n',
      fixed: '{"prompt": "Call [PHONE_1] and ask", "completion": "Done."}\n',
    },
    {
      text: '{"prompt": "Who is «85.214.132.117»? And «2a01:4f8:c17:b0f::2»?", "completion": "A server, «a4:5e:60:c2:19:7f»."}\n',
      fixed: '{"prompt": "Who is [IP_1]? And [IP_2]?", "completion": "A server, [MAC_1]."}\n',
    },
    {
      text: 'text,label\n"He said ""write to «olena.k@ukr.net»""",contact\n',
      name: "train.csv",
      fixed: 'text,label\n"He said ""write to [EMAIL_1]""",contact\n',
    },
  ],
  good: [
    {
      text: '{"prompt": "Write to name@example.com or support@kyivbooks.net", "completion": "git@github.com:a/b.git"}\n',
    },
    {
      text: '{"prompt": "Try 4242 4242 4242 4242 or 4539 1488 0343 6468", "completion": "The second is not valid."}\n',
    },
    {
      text: '{"prompt": "Is DE89 3704 0044 0532 0130 00 right?", "completion": "As an example, yes. DE44 5001 0517 5407 3249 32 is not."}\n',
    },
    {
      text: '{"prompt": "Which address do I have?", "completion": "192.168.1.17, 10.0.0.1, 127.0.0.1, 203.0.113.7, fe80::1 or 2001:db8::17"}\n',
    },
    { text: '{"prompt": "Which version?", "completion": "3.11.4.2, or Chrome 119.0.6045.105"}\n' },
    {
      text: '{"prompt": "When?", "completion": "2026-11-24 10:15:30, order 536-22-0000, ISBN 978-3-16-148410-0"}\n',
    },
    { text: '{"prompt": "Show an icon", "completion": "icon@2x.png, and react@18.2.0 with @types/node"}\n' },
    { text: '{"prompt": "Phone?", "completion": "+1 212 555 0134 or extension 4711"}\n' },
  ],
};

function personalIn({ at, text }: TextPart, suspected: number): Personal[] {
  const found: (Personal & { rank: number })[] = [];
  for (const [rank, kind] of personalKinds.entries()) {
    if ((kind.suspicion & suspected) === 0) continue;
    for (const { start, end } of kind.find(text)) {
      found.push({ at, start, end, kind, rank, label: kind.label, value: text.slice(start, end) });
    }
  }
  const kept: typeof found = [];
  for (const one of found.sort((a, b) => a.start - b.start)) {
    const before = kept.at(-1);
    if (!before || before.end <= one.start) kept.push(one);
    // Of two that overlap the surer kind is right.
    else if (one.rank < before.rank) kept[kept.length - 1] = one;
  }
  return kept;
}
