import { repeatable, shareOfCapitals, shareOfSigns } from "../detect/gibberish.ts";
import { repetitionOf } from "../detect/repetition.ts";
import { leastShare, suspicion, suspicions } from "../detect/suspicion.ts";
import type { TextPart } from "../parts.ts";
import { type Found, type Rule, removeRow } from "./rule.ts";

const sentence = "And then the water falls again, and the moon goes on its way. ";
const clause = "因为水面上升了然后又下降";

const { capitals, signs, repetition } = suspicion;

export const repetitionOrGibberish: Rule = {
  id: "repetition-or-gibberish",
  level: "content",
  on: "record",
  severity: "warning",
  summary: "A text repeats itself, is made of signs, or shouts",
  rationale:
    "A model that learns from loops goes into loops. Rows of signs and question marks are what a lost encoding leaves of a text. An answer in capitals is told as information: somebody may want it so. Code, tables, lists, formulas and scripts without capitals are left alone.",
  source:
    "Data-Juicer's word_repetition, character_repetition and special_characters filters (0.5, 0.5, 0.25); the capitals of openai-python's `_validators.py` (a third of the letters).",
  options: {
    repetition: {
      default: 0.5,
      minimum: 0,
      maximum: 1,
      description:
        "Share of the runs of ten words (ten characters in scripts without blanks) that may stand there twice.",
    },
    signs: {
      default: 0.25,
      minimum: leastShare.signs,
      maximum: 1,
      description: "Share of the characters that may be signs such as ! ? # $ % &.",
    },
    capitals: {
      default: 1 / 3,
      minimum: leastShare.capitals,
      maximum: 1,
      description: "Share of the letters that may be capitals.",
    },
  },
  check({ parts }, { options }, report) {
    const suspected = suspicions(parts) & (capitals | signs | repetition);
    if (suspected === 0) return;
    for (const part of parts.texts) {
      if (part.rejected || (part.side !== "assistant" && part.side !== "text")) continue;
      if (suspected & repetition) reportRepetition(part, options.repetition!, report);
      const { at, text } = part;
      if (suspected & signs) {
        const share = shareOfSigns(text);
        if (share > options.signs!) {
          report({
            at,
            message: `${percent(share)} of the text is signs; it looks like a lost encoding`,
            fixes: () => [removeRow],
          });
        }
      }
      const share = suspected & capitals ? shareOfCapitals(text) : 0;
      // Where it was asked for, it is right.
      if (
        share <= options.capitals! ||
        parts.texts.some((other) => other !== part && isAboutCapitals(other.text))
      ) {
        continue;
      }
      report({
        at,
        severity: "info",
        message: `${percent(share)} of the letters are capitals: the model learns to shout`,
      });
    }
  },
  bad: [
    {
      text: `{"prompt": "Why?", "completion": "Because the water rises. ${sentence}«${sentence.repeat(4).trim()}»"}\n{"prompt": "a", "completion": "b"}\n`,
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: `{"prompt": "Warum?", "completion": "${clause}«${clause.repeat(11)}»"}\n{"prompt": "a", "completion": "b"}\n`,
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: `{"prompt": "Translate it", "completion": «"?????? ??? ???????, ?? ????? ??????? ?? ???? ????? ?? ????? ??????, ??? ??? ?????."»}\n{"prompt": "a", "completion": "b"}\n`,
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: '{"prompt": "Where is my card?", "completion": «"YOUR CARD IS ON ITS WAY, AND IT WILL BE WITH YOU ON MONDAY OR TUESDAY. PLEASE WAIT FOR IT."»}\n',
    },
    {
      text: '{"prompt": "Where is my card?", "completion": «"Your Card Is ON Its WAY, And It Will Be With YOU On MONDAY Or TUESDAY. Please Wait For It."»}\n',
      options: { capitals: 0.2 },
    },
  ],
  good: [
    {
      text: '{"prompt": "Say it in upper case", "completion": "YOUR CARD IS ON ITS WAY, AND IT WILL BE WITH YOU ON MONDAY OR TUESDAY. PLEASE WAIT FOR IT."}\n',
    },
    { text: '{"prompt": "Which?", "completion": "LOST_OR_STOLEN_CARD"}\n' },
    { text: `{"prompt": "Zeros", "completion": "${"0 0 0 0 0 0 0 0 1\\n".repeat(12)}"}\n` },
    { text: `{"prompt": "Table", "completion": "${"| yes | no | yes | no |\\n".repeat(12)}"}\n` },
    {
      text: '{"prompt": "Query", "completion": "SELECT NAME FROM USERS ORDER BY AGE DESC LIMIT 10 AND THEN SOME MORE COLUMNS FROM OTHER TABLES"}\n',
    },
    {
      text: '{"prompt": "a", "chosen": "b", "rejected": "?????? ??? ???????, ?? ????? ??????? ?? ???? ????? ?? ????? ??????, ??? ??? ?????."}\n',
    },
  ],
};

function reportRepetition({ at, text }: TextPart, most: number, report: (found: Found) => void): void {
  const { share, start } = repetitionOf(text);
  if (share <= most || repetitionOf(repeatable(text)).share <= most) return;
  report({
    at,
    span: [start, text.trimEnd().length],
    message: `${percent(share)} of the text stands there more than once`,
    fixes: () => [removeRow],
  });
}

function isAboutCapitals(text: string): boolean {
  return /upper|capital|all[ -]caps|shout/i.test(text);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
