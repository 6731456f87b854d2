import type { Schema } from "../../protocol/schema-parts.ts";
import { chatProperties } from "./chat.ts";
import { closed, message, metadata, tools } from "./shapes.ts";

function output(description: string): Schema {
  return { type: "array", description, minItems: 1, items: message };
}

export const openaiPreference: Schema = closed(
  "A prompt with a preferred and another answer, in OpenAI's form.",
  {
    input: closed(
      "What is asked.",
      {
        messages: chatProperties.messages!,
        tools,
        parallel_tool_calls: chatProperties.parallel_tool_calls!,
      },
      ["messages"],
    ),
    preferred_output: output("The better answer: a list of one assistant message."),
    non_preferred_output: output("The worse answer: a list of one assistant message."),
    ...metadata,
  },
  ["input", "preferred_output", "non_preferred_output"],
);
