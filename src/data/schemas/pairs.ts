import type { Schema } from "../../protocol/schema-parts.ts";
import { type Names, namesOfPairs } from "../formats/pairs.ts";
import { closed, maybeSaid, metadata, said } from "./shapes.ts";

export const pairs: Schema = {
  ...closed("A question with its answer, under the names of a known dataset.", {
    ...Object.assign({}, ...namesOfPairs.map(propertiesOf)),
    category: { description: "The kind of question, as Dolly has it; not learned." },
    ...metadata,
  }),
  anyOf: namesOfPairs.map(({ question, answer }) => ({ required: [question, answer] })),
};

function propertiesOf({ question, answer, context, system }: Names): Record<string, Schema> {
  return {
    [question]: said(`The question, answered by \`${answersTo(question)}\`.`),
    [answer]: said("The answer, which is learned."),
    ...(context !== undefined && { [context]: maybeSaid("What the question is about; written under it.") }),
    ...(system !== undefined && {
      [system]: maybeSaid("What the model is told before the question; not learned."),
    }),
  };
}

function answersTo(question: string): string {
  return namesOfPairs
    .filter((names) => names.question === question)
    .map(({ answer }) => answer)
    .join("` or `");
}
