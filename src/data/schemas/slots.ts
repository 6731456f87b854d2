import type { Schema } from "../../protocol/schema-parts.ts";
import { closed, metadata, said } from "./shapes.ts";

export const slots: Schema = closed(
  "Slot filling, in the form of RESTAURANTS-8K.",
  {
    userInput: closed("What the user says.", { text: said("The text.") }, ["text"]),
    context: {
      ...closed("What was asked before.", {
        requestedSlots: {
          type: ["array", "null"],
          description: "Slots that were asked for; named under the text.",
          items: said("A slot's name."),
        },
      }),
      type: ["object", "null"],
    },
    labels: {
      type: ["array", "null"],
      description: "The slots that the text fills; none where it is absent.",
      items: closed(
        "A slot with the place of its value.",
        {
          slot: said("The slot's name."),
          valueSpan: closed(
            "Where the value stands in the text.",
            {
              startIndex: { type: "integer", minimum: 0, description: "Its first character; 0 when absent." },
              endIndex: { type: "integer", minimum: 1, description: "The character behind its last." },
            },
            ["endIndex"],
          ),
        },
        ["slot", "valueSpan"],
      ),
    },
    ...metadata,
  },
  ["userInput"],
);
