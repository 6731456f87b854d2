/** The schema of data whose columns the user names; a name with dots lies inside another column. */
import type { Schema } from "../../protocol/schema-parts.ts";
import type { ColumnMapping } from "../formats/columns.ts";

interface Open extends Schema {
  properties: Record<string, Schema>;
  required: string[];
}

export function columns({ input, output, system }: ColumnMapping): Schema {
  const root = open("A row with the columns that the recipe names.");
  put(root, input, { type: ["string", "number", "boolean"], description: "The question." }, true);
  put(root, output, { description: "The answer, which is learned; an object is learned as JSON." }, true);
  if (system !== undefined) {
    const type = ["string", "number", "boolean", "null"];
    put(root, system, { type, description: "The system message; not learned." }, false);
  }
  return root;
}

function open(description: string): Open {
  return { type: "object", description, properties: {}, required: [], additionalProperties: true };
}

function put(parent: Open, path: string, schema: Schema, isRequired: boolean): void {
  const dot = path.indexOf(".");
  const key = dot < 0 ? path : path.slice(0, dot);
  if (isRequired && !parent.required.includes(key)) parent.required.push(key);
  if (dot < 0) {
    parent.properties[key] = schema;
    return;
  }
  parent.properties[key] ??= open("Holds a column.");
  put(parent.properties[key] as Open, path.slice(dot + 1), schema, isRequired);
}
