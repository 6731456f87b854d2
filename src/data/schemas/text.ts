import type { Schema } from "../../protocol/schema-parts.ts";
import { said } from "./shapes.ts";

/** Open: many corpora keep what they know of a text beside it. */
export const text: Schema = {
  type: "object",
  description: "A text that is learned whole.",
  properties: { text: said("The text.") },
  required: ["text"],
  additionalProperties: true,
};
