/**
 * What a training example is, before any model sees it.
 *
 * There are two kinds only. A `chat` row is a conversation whose assistant turns are learned; a `text` row is a
 * stretch of text learned whole, for adapting a model to a domain. Alpaca, prompt/completion and two-column data all
 * become chat rows, so that the model's own chat template is written around them, in training and in prompting alike:
 * a pair glued together without the template would be a text that the model never meets again.
 */

/** One turn. Keys beyond these (name, tool_calls, tool_call_id, reasoning_content …) reach the template as they are. */
export interface Message {
  /** "system", "user", "assistant" or "tool"; a template may know others. */
  role: string;
  /** Always text: a reader joins text parts and turns an absent content (beside tool calls) into "". */
  content: string;
  /** On an assistant turn: 0 keeps it in the context without learning it. */
  weight?: number;
  [extra: string]: unknown;
}

export interface ChatRow {
  kind: "chat";
  messages: Message[];
  /** Tool declarations (JSON schemas) that the template is given, as in OpenAI's format. */
  tools?: unknown[];
}

export interface TextRow {
  kind: "text";
  text: string;
}

export type Row = ChatRow | TextRow;
