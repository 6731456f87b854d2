/**
 * A format that the user describes: which column is the question and which the answer. A column may lie inside
 * another (`userInput.text`). An answer that is an object or a list is written as JSON.
 */
import { isJsonObject } from "../../json/object.ts";
import type { Side, Turn } from "../parts.ts";
import { asText, type DataRecord, FieldError, type Format, field } from "./format.ts";
import { pairRow } from "./pair.ts";
import { textsOf } from "./turns.ts";

/** `data.columns` of a recipe, for example `{ "input": "text", "output": "category" }`. */
export interface ColumnMapping {
  input: string;
  output: string;
  /** A column with a system message. */
  system?: string;
}

export function columnsFormat(mapping: ColumnMapping): Format {
  const { input, output, system } = mapping;
  const mandatory = [input, output];
  return {
    name: "columns",
    keys: mandatory.join(", "),
    mapping,

    recognise(record) {
      return mandatory.every((path) => valueAt(record, path) !== undefined) ? 1 : 0;
    },

    toRow(record) {
      return pairRow({
        system: system === undefined ? "" : asText(valueAt(record, system) ?? "", system),
        user: [nonEmpty(asText(valueAt(record, input), input), input)],
        assistant: nonEmpty(asAnswer(valueAt(record, output), output), output),
      });
    },

    parts(record) {
      const turn = (path: string, side: Side): Turn[] => {
        const content = valueAt(record, path);
        const at = Object.hasOwn(record, path) ? [path] : path.split(".");
        return content === undefined ? [] : [{ at, side, contentAt: at, content }];
      };
      const turns = [
        ...(system === undefined ? [] : turn(system, "system")),
        ...turn(input, "user"),
        ...turn(output, "assistant"),
      ];
      return { conversations: [{ kind: "whole", turns }], texts: turns.flatMap((each) => textsOf(each)) };
    },
  };
}

/** The column of that name; else, for a name with dots, the value inside. */
function valueAt(record: DataRecord, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path];
  return path
    .split(".")
    .reduce<unknown>((value, key) => (isJsonObject(value) ? field(value, key) : undefined), record);
}

function asAnswer(value: unknown, path: string): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : asText(value, path);
}

function nonEmpty(text: string, path: string): string {
  if (text.trim() === "") throw new FieldError(path, "is empty");
  return text;
}
