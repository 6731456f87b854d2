import {
  fillersIn,
  isNoteToSelf,
  type Placeholder,
  placeholderOf,
  speaksOfTemplates,
} from "../detect/placeholders.ts";
import { longestPlaceholder, suspicion, suspicions } from "../detect/suspicion.ts";
import type { TextPart } from "../parts.ts";
import { type Found, type RecordView, type Rule, removeRow } from "./rule.ts";

const { short, brace, marks } = suspicion;
/** "Lorem ipsum" has no sign that gives it away. */
const filler = "orem ipsum";

export const placeholderContent: Rule = {
  id: "placeholder-content",
  level: "content",
  on: "record",
  severity: "warning",
  summary: "A placeholder stands where a text should",
  rationale:
    'A model learns "N/A", "TODO" or "{{name}}" as an answer like any other, and then gives it to people. `<noinput>` in the input of an instruction says nothing that an empty input does not, and the model never meets it again.',
  source: "AlpacaDataCleaned (N/A, `<noinput>` and its variants, `<Picture Attached>`).",
  check(view, _context, report) {
    const { parts } = view;
    const found = suspicions(parts);
    if (found & short) {
      for (const part of parts.texts) {
        if (part.text.length > longestPlaceholder || part.rejected) continue;
        const what = placeholderOf(part.text);
        if (what !== undefined) reportWhole(view, part, what, report);
      }
    }
    reportNotes(view, report);
    if ((found & (brace | marks)) === 0 && !parts.texts.some(({ text }) => text.includes(filler))) return;
    reportFillers(view, report);
  },
  bad: [
    {
      text: '{"instruction": "Name a colour.", "input": "«<noinput>»", "output": "Red"}\n',
      fixed: '{"instruction": "Name a colour.", "input": "", "output": "Red"}\n',
    },
    {
      text: '{"instruction": "Name a colour.", "input": "«No input required.»", "output": "Red"}\n{"instruction": "Name a fruit.", "input": "«N/A»", "output": "Pear"}\n',
      fixed:
        '{"instruction": "Name a colour.", "input": "", "output": "Red"}\n{"instruction": "Name a fruit.", "input": "", "output": "Pear"}\n',
    },
    {
      text: '{"instruction": "Name a colour.", "input": "«none»", "output": "Red"}\n',
      fixed: '{"instruction": "Name a colour.", "input": "", "output": "Red"}\n',
      note: "It could be a word that is meant: not done without being looked at.",
    },
    {
      text: '{"prompt": "Who wrote Faust?", "completion": "«TODO»"}\n{"prompt": "a", "completion": "b"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: '{"prompt": "Which batteries does it need?", "completion": "«TODO: ask Marta what to say here»"}\n{"prompt": "a", "completion": "b"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: '{"prompt": "Who wrote Faust?", "completion": "«[TBD - see the wiki]»"}\n{"prompt": "a", "completion": "b"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: '{"prompt": "Who wrote Faust?", "completion": "«N/A»"}\n{"prompt": "a", "completion": "b"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: '{"prompt": "Greet me", "completion": "Hello «{{first_name}}», how are you?"}\n{"prompt": "a", "completion": "b"}\n',
    },
    { text: '{"prompt": "Answer this: «{question}»", "completion": "Yes."}\n' },
    {
      text: '{"prompt": "Describe the picture. «<Picture Attached>»", "completion": "A cat."}\n',
    },
    {
      text: '{"prompt": "What do you sell?", "completion": "«Lorem ipsum dolor sit amet», consectetur."}\n',
    },
  ],
  good: [
    {
      text: '{"prompt": "Who signed it? Say N/A if nobody did.", "completion": "N/A"}\n',
      note: "It was asked for.",
    },
    {
      text: '{"text": "The contract has no such clause", "label": "none"}\n',
      note: "A class may have this name.",
    },
    { text: '{"prompt": "What does typeof x say where x was never set?", "completion": "undefined"}\n' },
    {
      text: '{"prompt": "Write a template for a greeting with a variable.", "completion": "Hello {{name}}!"}\n',
    },
    { text: '{"prompt": "Make it an f-string", "completion": "print(f\'Hello {name}\')"}\n' },
    { text: '{"prompt": "Write the set of a and b", "completion": "{a, b} or \\\\{a, b\\\\}, x_{i}"}\n' },
    { text: '{"prompt": "Give me filler text", "completion": "Lorem ipsum dolor sit amet, consectetur."}\n' },
    { text: '{"prompt": "What is on my list?", "completion": "You have one TODO: call Ann."}\n' },
    {
      text: '{"prompt": "Make a task of this: we are out of milk", "completion": "TODO: buy milk"}\n',
      note: "It was asked for.",
    },
    {
      text: '{"prompt": "What is on the board?", "completion": "TODO: paint the door\\nDONE: oil the lock"}\n',
    },
    { text: '{"prompt": "a", "chosen": "b", "rejected": "TODO"}\n' },
    { text: '{"prompt": "a", "chosen": "b", "rejected": "TODO: think of something"}\n' },
  ],
};

type Report = (found: Found) => void;

function reportWhole({ parts, format }: RecordView, part: TextPart, what: Placeholder, report: Report): void {
  const { at, text, side } = part;
  const word = text.trim();
  const start = text.indexOf(word);
  const span = [start, start + word.length] as const;
  const isInput = format?.name === "alpaca" && at.length === 1 && at[0] === "input";
  if (isInput) {
    report({
      at,
      span,
      message: `"${word}" stands for no input; the model reads it as one`,
      fixes: () => [
        {
          title: "Empty the input",
          safe: what === "no-input" || what === "not-applicable",
          edits: [{ kind: "text", at, span: [0, text.length], text: "" }],
        },
      ],
    });
    return;
  }
  // A class, or a word of a language, may be called so.
  if (what === "maybe-no-input" || (side !== "user" && side !== "assistant" && side !== "text")) return;
  if (format?.name === "two-column" && what === "not-applicable") return;
  const isAsked = parts.texts.some(
    (other) => other !== part && other.text.toLowerCase().includes(word.toLowerCase()),
  );
  if (side === "assistant" && isAsked) return;
  report({
    at,
    span,
    message: `"${word}" is a placeholder, not ${side === "assistant" ? "an answer" : "a text"}`,
    fixes: () => [removeRow],
  });
}

/** Cheap: few answers begin with two such capitals. */
const firstOfNotes = /^\s*[<[(*#/]{0,2} ?(?:TO|FI|TB|XX)/;

function reportNotes({ parts: { texts }, format }: RecordView, report: Report): void {
  for (const { at, text, side, rejected } of texts) {
    if (side !== "assistant" || rejected || !firstOfNotes.test(text)) continue;
    // A class may be called so.
    if (format?.name === "two-column" || placeholderOf(text) !== undefined) continue;
    const asked = texts.flatMap((other) =>
      other.side === "user" || other.side === "system" ? [other.text] : [],
    );
    if (!isNoteToSelf(text, asked)) continue;
    const start = text.length - text.trimStart().length;
    report({
      at,
      span: [start, start + text.trim().length],
      message: "this is a note that the answer is still to be written, not an answer",
      fixes: () => [removeRow],
    });
  }
}

function reportFillers({ parts }: RecordView, report: Report): void {
  for (const { at, text, side, rejected } of parts.texts) {
    if (rejected || side === "tool" || side === "text") continue;
    const found = fillersIn(text);
    if (found.length === 0) continue;
    // An answer may hold what the question asks for.
    const isWanted =
      side === "assistant" &&
      parts.texts.some(
        (other) =>
          other.side !== "assistant" &&
          (speaksOfTemplates(other.text) || /lorem|filler|dummy/i.test(other.text)),
      );
    for (const { start, end, what } of found) {
      if (isWanted && what !== "picture") continue;
      report({ at, span: [start, end], message: fillerMessages[what](text.slice(start, end)) });
    }
  }
}

const fillerMessages = {
  picture: (text: string) => `"${text}" stands for something that is not there`,
  variable: (text: string) => `"${text}" was never filled in`,
  filler: () => "filler text",
};
