import type { Schema } from "../../protocol/schema-parts.ts";
import { chatProperties } from "./chat.ts";
import { closed, metadata, systemText, textOrMessages, tools } from "./shapes.ts";

export const promptCompletionProperties: Readonly<Record<string, Schema>> = {
  prompt: textOrMessages("What is asked: a text, or a list of messages."),
  completion: textOrMessages("The answer, which is learned: a text, or a list of messages."),
  system: systemText,
  tools,
  chat_template_kwargs: chatProperties.chat_template_kwargs!,
};

export const promptCompletion: Schema = closed(
  "A prompt with its completion.",
  {
    ...promptCompletionProperties,
    label: { description: "A mark of KTO data; rows where it is false are left out." },
    ...metadata,
  },
  ["prompt", "completion"],
);
