import type { Schema } from "../../protocol/schema-parts.ts";
import { closed, functionDeclaration, metadata, said } from "./shapes.ts";

const part = closed("A part of the turn.", {
  text: said("The part's text."),
  inlineData: { type: "object", description: "Media, as data. Tunesmith learns text only." },
  fileData: { type: "object", description: "Media, by address. Tunesmith learns text only." },
  functionCall: closed(
    "A function that the model calls.",
    {
      name: said("The function's name."),
      args: { type: ["object", "null"], description: "Its arguments." },
      id: said("Names the call."),
    },
    ["name"],
  ),
  functionResponse: closed(
    "What a function gave back.",
    {
      name: said("The function's name."),
      response: { type: ["object", "null"], description: "Its result." },
      id: said("Names the call."),
    },
    ["name"],
  ),
});

const parts: Schema = { type: "array", description: "What is said, in parts.", minItems: 1, items: part };

const instruction = closed(
  "What the model is told before the conversation; not learned.",
  { role: { description: "Not needed here." }, parts },
  ["parts"],
);

export const gemini: Schema = closed(
  "A conversation in Gemini's form.",
  {
    systemInstruction: instruction,
    system_instruction: instruction,
    contents: {
      type: "array",
      description: "The turns, in order.",
      minItems: 1,
      items: closed(
        "A turn: who speaks, and what is said.",
        {
          role: {
            enum: ["user", "model"],
            description: "Who speaks: `user` asks, `model` answers and is learned.",
          },
          parts,
        },
        ["parts"],
      ),
    },
    tools: {
      type: ["array", "null"],
      description: "Functions that the model may call.",
      items: {
        type: "object",
        description: "A group of functions.",
        properties: {
          functionDeclarations: {
            type: "array",
            description: "The functions.",
            items: functionDeclaration,
          },
        },
      },
    },
    generationConfig: { type: "object", description: "Settings for generation; not learned." },
    ...metadata,
  },
  ["contents"],
);
