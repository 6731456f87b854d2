/** A row as the chosen model is trained on it. */
import type { TunesmithError } from "../../protocol/errors.ts";
import type { Row } from "../../text/conversation.ts";
import type { PreparedRow, ShownToken } from "../../text/training-tokens.ts";
import type { Place, RecordView } from "../rules/rule.ts";

export interface TokenModel {
  /** As a recipe names it. */
  name: string;
  /** Most tokens of an example. */
  maxLength: number;
  /** Strings that its tokenizer takes as one control token wherever they stand. */
  controlTokens: readonly string[];
}

export interface TokenView {
  record: RecordView;
  row: Row;
  model: TokenModel;
  /** Why the template does not take the conversation, and at which of its messages. */
  refusal: { error: TunesmithError; message: number | undefined } | undefined;
  /** Undefined where the template refuses. */
  prepared: PreparedRow | undefined;
  /** Tokens of the whole row, uncut. */
  tokens: number;
  /** The place of a character of the rendered text in the record; undefined where the template wrote it. */
  placeOf(offset: number): Place | undefined;
  /** Where `maxLength` cuts, in the rendered text; undefined where nothing is cut. */
  cut: number | undefined;
  /** Every token of the row with its text, for showing. */
  show(): Promise<ShownToken[]>;
}
