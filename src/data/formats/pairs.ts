/**
 * Question and answer under the names that known datasets give them: FLAN and P3 (inputs, targets), Dolly
 * (instruction, context, response), OpenOrca (system_prompt, question, response), question/answer, input/output …
 */

import { noParts, type Side } from "../parts.ts";
import {
  type DataRecord,
  FieldError,
  type Format,
  field,
  hasText,
  optionalText,
  requiredText,
} from "./format.ts";
import { pairRow } from "./pair.ts";
import { fieldParts } from "./turns.ts";

export interface Names {
  question: string;
  answer: string;
  /** Put under the question. */
  context?: string;
  system?: string;
}

export const namesOfPairs: readonly Names[] = [
  { question: "instruction", answer: "response", context: "context", system: "system" },
  { question: "question", answer: "response", system: "system_prompt" },
  { question: "inputs", answer: "targets" },
  { question: "prompt", answer: "response", system: "system" },
  { question: "query", answer: "response", system: "system" },
  { question: "question", answer: "answer", context: "context", system: "system" },
  { question: "input", answer: "output", system: "system" },
  { question: "input", answer: "target" },
  { question: "source", answer: "target" },
  { question: "article", answer: "summary" },
  { question: "document", answer: "summary" },
];

const sidesOf = new Map(
  namesOfPairs.map((names) => {
    const { question, answer, context, system } = names;
    const sides: [string, Side][] = [
      ...(system === undefined ? [] : [[system, "system"] satisfies [string, Side]]),
      [question, "user"],
      ...(context === undefined ? [] : [[context, "user"] satisfies [string, Side]]),
      [answer, "assistant"],
    ];
    return [names, sides];
  }),
);

export const pairs: Format = {
  name: "pairs",
  keys: `one of ${namesOfPairs.map(({ question, answer }) => `${question} + ${answer}`).join(", ")}`,

  recognise(record) {
    const names = namesIn(record);
    if (names === undefined) return 0;
    return hasText(record, names.question) && hasText(record, names.answer) ? 0.9 : 0.4;
  },

  toRow(record) {
    const names = namesIn(record);
    if (names === undefined)
      throw new FieldError("question", `and answer are missing; expected ${pairs.keys}`);
    return pairRow({
      system: names.system === undefined ? "" : optionalText(record, names.system),
      user: [
        requiredText(record, names.question),
        names.context === undefined ? "" : optionalText(record, names.context),
      ],
      assistant: requiredText(record, names.answer),
    });
  },

  parts(record) {
    const names = namesIn(record);
    if (names === undefined) return noParts;
    return fieldParts(record, sidesOf.get(names)!);
  },
};

function namesIn(record: DataRecord): Names | undefined {
  return namesOfPairs.find(
    ({ question, answer }) => field(record, question) !== undefined && field(record, answer) !== undefined,
  );
}
