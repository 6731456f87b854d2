/** Two columns have any name: their schema is made from those, or offers the usual ones. */
import type { Schema } from "../../protocol/schema-parts.ts";
import { labelNames, textNames } from "../formats/two-column.ts";
import { said } from "./shapes.ts";

const text = said("The text to be classified.");
const label: Schema = {
  type: ["string", "number", "boolean"],
  description: "The label, which is learned.",
};

/** Open: other columns number the rows, or say the label a second time. */
export function twoColumn(columns?: readonly [text: string, label: string]): Schema {
  const of = (names: readonly string[], schema: Schema) => names.map((name) => [name, schema] as const);
  return {
    type: "object",
    description: "A text with its label.",
    properties: Object.fromEntries(
      columns
        ? [...of([columns[0]], text), ...of([columns[1]], label)]
        : [...of(textNames, text), ...of(labelNames, label)],
    ),
    ...(columns && { required: columns }),
    additionalProperties: true,
  };
}
