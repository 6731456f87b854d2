/**
 * What a record says, wherever its format keeps it: texts with their places and sides, and turns of conversations. The
 * linter's rules look at these, so that one rule serves every format. Nothing here throws: a record that is half
 * written has the parts that are there.
 */
import type { JsonObject } from "../json/object.ts";

/** Names and indices that lead to a value from the record. */
export type Path = readonly (string | number)[];

/** Who speaks. `text` is plain text, which nobody says. */
export type Side = "system" | "user" | "assistant" | "tool" | "text";

/** A text in the record. */
export interface TextPart {
  at: Path;
  text: string;
  side: Side;
  /** It is an answer that is to be avoided (preference data). */
  rejected?: boolean;
}

/** One turn of a conversation, as far as it is there. */
export interface Turn {
  /** The message object; where turns are fields of the record, the field. */
  at: Path;
  /** Undefined for a role that no format knows, and where there is none. */
  side: Side | undefined;
  /** The role as it is spelled; absent where turns are fields, or the message has none. */
  role?: { at: Path; spelled: unknown };
  /** Where the content stands, or would. */
  contentAt: Path;
  content: unknown;
  /** The message itself; absent where turns are fields. */
  message?: JsonObject;
}

export interface Conversation {
  /** The list that holds the turns; absent where turns are fields. */
  list?: Path;
  /** A prompt waits for an answer; `completion`, `chosen` and `rejected` are answers to it. */
  kind: "whole" | "prompt" | "completion" | "chosen" | "rejected";
  turns: readonly Turn[];
}

export interface Parts {
  texts: readonly TextPart[];
  conversations: readonly Conversation[];
  /** Tool declarations, as they stand there. */
  tools?: { at: Path; value: unknown };
}

export const noParts: Parts = { texts: [], conversations: [] };
