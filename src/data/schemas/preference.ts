import type { Schema } from "../../protocol/schema-parts.ts";
import { alpacaProperties } from "./alpaca.ts";
import { chatProperties } from "./chat.ts";
import {
  closed,
  maybeSaid,
  message,
  metadata,
  systemText,
  textOrMessages,
  tools,
  turn,
  turns,
} from "./shapes.ts";

function answer(description: string): Schema {
  const { properties } = turn;
  return { type: ["string", "array", "object"], description, items: message, properties: properties! };
}

export const preference: Schema = closed(
  "A prompt with a better and a worse answer.",
  {
    prompt: textOrMessages("What is asked: a text, or a list of messages."),
    chosen: answer("The better answer: a text, a list of messages, or one turn."),
    rejected: answer("The worse answer: a text, a list of messages, or one turn."),
    instruction: alpacaProperties.instruction!,
    input: alpacaProperties.input!,
    question: maybeSaid("What is asked, under the name that some datasets have."),
    conversations: turns,
    history: alpacaProperties.history!,
    system: systemText,
    tools,
    chat_template_kwargs: chatProperties.chat_template_kwargs!,
    images: { description: "Images that the prompt speaks of, in order." },
    messages: { description: "The whole conversation once more; not read." },
    prompt_id: { description: "Names the prompt; not learned." },
    score_chosen: { description: "How good the better answer is." },
    score_rejected: { description: "How good the worse answer is." },
    margin: { description: "How much better the better answer is." },
    ...metadata,
  },
  ["chosen", "rejected"],
);
