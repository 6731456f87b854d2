import type { Schema } from "../../protocol/schema-parts.ts";
import { message, metadata, said, systemText, tools } from "./shapes.ts";

const spoken: Schema = {
  ...message,
  properties: { ...message.properties, text: said("What is said, instead of `content`.") },
  anyOf: [...message.anyOf!, { required: ["text"] }],
};

const list = (description: string): Schema => ({ type: "array", minItems: 1, description, items: spoken });

export const mistral: Schema = {
  type: "object",
  description: "A conversation in mistral-finetune's form.",
  properties: {
    interactions: list("The conversation, in order."),
    messages: list("The conversation, in order; the other name of `interactions`."),
    system_prompt: systemText,
    available_tools: tools,
    tools: { ...tools, description: "The other name of `available_tools`." },
    only_last: {
      type: ["boolean", "null"],
      description: "Whether the last answer alone is learned, and those before it are context.",
    },
    ...metadata,
  },
  anyOf: [{ required: ["interactions"] }, { required: ["messages"] }],
  additionalProperties: false,
};
