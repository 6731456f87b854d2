import type { Schema } from "../../protocol/schema-parts.ts";
import { closed, maybeSaid, metadata, said, systemText, tools } from "./shapes.ts";

export const alpacaProperties: Readonly<Record<string, Schema>> = {
  instruction: said("The task, or the question."),
  input: maybeSaid("What the task is about; written under the instruction. Empty where there is nothing."),
  output: said("The answer, which is learned."),
  system: systemText,
  history: {
    type: ["array", "null"],
    description: "Earlier turns of the conversation, as [question, answer] pairs.",
    items: {
      type: "array",
      description: "A question and its answer.",
      minItems: 2,
      maxItems: 2,
      items: said("The question, then the answer."),
    },
  },
  tools,
};

export const alpaca: Schema = closed(
  "An instruction with its answer, in Alpaca's form.",
  {
    ...alpacaProperties,
    text: maybeSaid("The whole row as one text, as the first Alpaca files have it; not read."),
    ...metadata,
  },
  ["instruction", "output"],
);
