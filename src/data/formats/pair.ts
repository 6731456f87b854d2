/** Question and answer as a conversation: what most formats come down to. */
import type { ChatRow, Message } from "../../text/conversation.ts";

export interface Pair {
  system?: string;
  /** Earlier turns. */
  history?: readonly Message[];
  /** The parts of the question, empty ones left out, one under another. */
  user: readonly string[];
  assistant: string;
}

export function pairRow({ system = "", history = [], user, assistant }: Pair): ChatRow {
  const messages: Message[] = system.trim() === "" ? [] : [{ role: "system", content: system }];
  const question = user.filter((part) => part.trim() !== "").join("\n");
  messages.push(...history, { role: "user", content: question }, { role: "assistant", content: assistant });
  return { kind: "chat", messages };
}
