/**
 * Slot filling, as RESTAURANTS-8K has it (PolyAI task-specific-datasets; Coope et al. 2020): { userInput: { text },
 * context: { requestedSlots }, labels: [{ slot, valueSpan: { startIndex, endIndex } }] }. A start of 0 is left out.
 *
 * The answer is a JSON object from slot to the words that fill it, `{}` where nothing does: a language model can write
 * that, and a person can read it, where character positions would be neither. A slot that was asked for is named
 * under the text, as without it "13" means nothing.
 */
import { isJsonObject } from "../../json/object.ts";
import { asText, type DataRecord, FieldError, type Format, field } from "./format.ts";
import { pairRow } from "./pair.ts";

export const slots: Format = {
  name: "slots",
  keys: "userInput.text, labels[].slot, labels[].valueSpan (context.requestedSlots)",

  recognise(record) {
    const input = field(record, "userInput");
    return isJsonObject(input) && field(input, "text") !== undefined ? 1 : 0;
  },

  toRow(record) {
    const input = field(record, "userInput");
    if (!isJsonObject(input)) throw new FieldError("userInput", "is not an object with a text");
    const text = asText(field(input, "text"), "userInput.text");
    if (text.trim() === "") throw new FieldError("userInput.text", "is empty");
    const asked = requestedSlots(record);
    const question = asked.length === 0 ? text : `${text}\n(asked for: ${asked.join(", ")})`;
    return pairRow({ user: [question], assistant: JSON.stringify(filledSlots(record, text)) });
  },

  parts(record) {
    const input = field(record, "userInput");
    const text = isJsonObject(input) ? field(input, "text") : undefined;
    return {
      conversations: [],
      texts: typeof text === "string" ? [{ at: ["userInput", "text"], text, side: "user" }] : [],
    };
  },
};

function requestedSlots(record: DataRecord): string[] {
  const context = field(record, "context");
  const requested = isJsonObject(context) ? (field(context, "requestedSlots") ?? []) : [];
  if (!Array.isArray(requested)) throw new FieldError("context.requestedSlots", "is not a list");
  return requested.map((slot, i) => asText(slot, `context.requestedSlots[${i}]`));
}

function filledSlots(record: DataRecord, text: string): Record<string, string> {
  const labels = field(record, "labels") ?? [];
  if (!Array.isArray(labels)) throw new FieldError("labels", "is not a list");
  const filled = labels.map((label: unknown, i) => {
    const span = isJsonObject(label) ? field(label, "valueSpan") : undefined;
    if (!isJsonObject(label) || !isJsonObject(span))
      throw new FieldError(`labels[${i}]`, "has no slot and valueSpan");
    const [start, end] = [field(span, "startIndex") ?? 0, field(span, "endIndex")];
    if (
      typeof start !== "number" ||
      typeof end !== "number" ||
      start < 0 ||
      start >= end ||
      end > text.length
    ) {
      throw new FieldError(`labels[${i}].valueSpan`, `does not lie in the text of ${text.length} characters`);
    }
    return [asText(field(label, "slot"), `labels[${i}].slot`), text.slice(start, end)] as const;
  });
  return Object.fromEntries(filled);
}
