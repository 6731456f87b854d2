import type { Schema } from "../../protocol/schema-parts.ts";
import { closed, message, metadata, tools } from "./shapes.ts";

export const chatProperties: Readonly<Record<string, Schema>> = {
  messages: { type: "array", minItems: 1, description: "The conversation, in order.", items: message },
  system: {
    type: ["string", "array", "null"],
    description: "The system message, where it stands beside the list (Anthropic, Bedrock).",
    items: closed("A part.", { text: { type: "string", description: "The part's text." } }),
  },
  tools,
  functions: {
    type: ["array", "null"],
    description: "Functions, in the older form; `tools` has replaced it.",
  },
  parallel_tool_calls: {
    type: ["boolean", "null"],
    description: "Whether the model may call several tools at once (OpenAI).",
  },
  chat_template_kwargs: { type: ["object", "null"], description: "Settings for the chat template (TRL)." },
  images: { description: "Images that the messages speak of, in order." },
  schemaVersion: {
    type: "string",
    description: "`bedrock-conversation-2024` in files for Amazon Bedrock.",
  },
  ...metadata,
};

export const chat: Schema = closed("A conversation as messages.", chatProperties, ["messages"]);
