/** What can be asked of a model from a row, and the answer that the dataset gives: prompting and evaluation start here. */
import type { Message, Row } from "../text/conversation.ts";

export interface Question {
  /** Everything before the last answer. */
  messages: Message[];
  tools?: unknown[];
  /** The last answer. */
  reference: string;
}

/**
 * The question in a row: the conversation up to its last assistant turn. Undefined for plain text, and for a
 * conversation whose last assistant turn is not its end, is not said to anyone, or only calls tools.
 */
export function asQuestion(row: Row): Question | undefined {
  if (row.kind !== "chat") return undefined;
  const answer = row.messages.at(-1);
  const messages = row.messages.slice(0, -1);
  if (answer?.role !== "assistant" || answer.content === "" || messages.length === 0) return undefined;
  return { messages, reference: answer.content, ...(row.tools && { tools: row.tools }) };
}
