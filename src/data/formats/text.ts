/** Plain text, for adapting a model to a domain: { text }. The whole text is learned. */
import { type Format, field, requiredText } from "./format.ts";

export const text: Format = {
  name: "text",
  keys: "text",

  recognise(record) {
    return typeof field(record, "text") === "string" ? 0.7 : 0;
  },

  toRow(record) {
    return { kind: "text", text: requiredText(record, "text") };
  },

  parts(record) {
    const value = field(record, "text");
    return {
      conversations: [],
      texts: typeof value === "string" ? [{ at: ["text"], text: value, side: "text" }] : [],
    };
  },
};
