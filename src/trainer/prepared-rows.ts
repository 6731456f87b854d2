/** Rows made ready for the trainer, with an account of what was cut, left out or not trained. */
import type { TokenizedRow } from "../engine/train/batches.ts";
import { countTargets } from "../engine/train/batches.ts";
import type { ChatModel } from "../text/chat-model.ts";
import { type PreparedRow, type PrepareOptions, prepareRows } from "../text/training-tokens.ts";
import type { LocatedRow } from "./data.ts";

export interface PreparedRows {
  rows: TokenizedRow[];
  /** Of each row: where it stands. */
  ids: string[];
  /** Of each row: its place among those that were prepared. The parts of a long text have the same. */
  sources: number[];
  /** Rows that have nothing to train on, by reason. */
  leftOut: number;
  /** Rows that lost their end. */
  truncated: number;
  /** Tokens that carry loss. */
  trainedTokens: number;
  /** The template rewrites history, so only last answers are trained. */
  historyRewritten: boolean;
  /** What was left out, in words. */
  inWords: string;
}

/** @throws `template-invalid` where the model's template refuses a row */
export async function prepareForTraining(
  located: readonly LocatedRow[],
  { tokenizer, template }: ChatModel,
  options: PrepareOptions,
): Promise<PreparedRows> {
  const prepared = await prepareRows(
    located.map(({ row }) => row),
    tokenizer,
    template,
    options,
  );
  const usable = prepared.filter((row) => row.status === "ok");
  const count = (test: (row: PreparedRow) => boolean) => prepared.filter(test).length;
  const cutAway = count((row) => row.status === "answer-cut-away");
  const nothing = count((row) => row.status === "nothing-trained");
  return {
    rows: usable,
    ids: usable.map(({ row }) => located[row]!.id),
    sources: usable.map(({ row }) => row),
    leftOut: cutAway + nothing,
    truncated: count((row) => row.truncated > 0),
    trainedTokens: usable.reduce((sum, row) => sum + countTargets(row), 0),
    historyRewritten: prepared.some((row) => row.historyRewritten),
    inWords: `${cutAway} rows lost their whole answer to maxLength ${options.maxLength}, ${nothing} have no token to train; they are left out`,
  };
}

/** Which tokens carry loss, for the run's page. */
export function trainedInWords({ historyRewritten }: PreparedRows, loss: PrepareOptions["loss"]): string {
  if (loss === "everything") return "every token";
  return historyRewritten
    ? "the last answer of each row (the template rewrites earlier turns)"
    : "the answers, with the token that ends them";
}
