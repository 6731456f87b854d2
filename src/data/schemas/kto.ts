import type { Schema } from "../../protocol/schema-parts.ts";
import { alpacaProperties } from "./alpaca.ts";
import { chatProperties } from "./chat.ts";
import { promptCompletionProperties } from "./prompt-completion.ts";
import { closed, metadata, turns } from "./shapes.ts";

function mark(where: string): Schema {
  return { type: "boolean", description: `Whether the answer is a good one (${where}).` };
}

export const kto: Schema = {
  ...closed("An answer that is marked as good or bad.", {
    ...alpacaProperties,
    ...promptCompletionProperties,
    conversations: turns,
    messages: chatProperties.messages!,
    label: mark("TRL"),
    kto_tag: mark("LLaMA-Factory"),
    ...metadata,
  }),
  anyOf: [
    { required: ["prompt", "completion", "label"] },
    { required: ["prompt", "completion", "kto_tag"] },
    { required: ["instruction", "output", "kto_tag"] },
    { required: ["conversations", "kto_tag"] },
    { required: ["messages", "kto_tag"] },
  ],
};
