/**
 * A row as the model is trained on it: token ids, and which of them carry loss.
 *
 * The whole text is tokenized once, as the model would meet it, and the mask follows from the tokens' places in it. A
 * token that straddles the beginning of an answer is learned, since part of it is the answer's; the row then says
 * that its prompt is not a prefix (`promptIsPrefix`), because generation would start from other tokens.
 *
 * - The token that ends an answer is always learned; where a template writes none after the last answer, the model's
 *   end token is appended. Blanks that a template writes after it are not learned, unless inside `{% generation %}`.
 * - A template writes its own begin token, so its text is encoded without the tokenizer adding another.
 * - A plain text is learned whole, with the tokenizer's begin token where it adds one, and the end token. One longer
 *   than `maxLength` becomes several examples; each begins with the last token of the one before, so that every token
 *   is predicted once.
 * - A conversation is cut at its right end, and says how much was lost.
 */
import { TunesmithError } from "../protocol/errors.ts";
import { layOut } from "./answers.ts";
import type { Row } from "./conversation.ts";
import { type Loss, type RowTokens, readRows, renderRows, tokenizeRows } from "./row-tokens.ts";
import type { ChatTemplate } from "./template.ts";
import type { Tokenizer } from "./tokenizer.ts";

export interface PrepareOptions {
  /** Most tokens of an example. */
  maxLength: number;
  loss: Loss;
}

export interface PreparedRow {
  /** Index of the row among those given. */
  row: number;
  /** `[tokens]` */
  ids: Int32Array;
  /** `[tokens]`, 1 where the token is a target that carries loss. Never the first: nothing precedes it. */
  trained: Uint8Array;
  /** Tokens before the last answer. */
  promptTokens: number;
  /** Tokens that `maxLength` cut away. */
  truncated: number;
  /** The token that ends the last learned answer (or text) is there and learned. */
  endTrained: boolean;
  /** "answer-cut-away": learned tokens there were, and `maxLength` left none. "nothing-trained": there were none. */
  status: "ok" | "answer-cut-away" | "nothing-trained";
  /** The template writes earlier turns differently once they are history: only the last answer is learned. */
  historyRewritten: boolean;
  /** The row begins with exactly the tokens that generation would be given before the last answer. */
  promptIsPrefix: boolean;
}

/**
 * Prepares rows for training; a text longer than `maxLength` gives several examples.
 *
 * @throws `template-invalid` where the template refuses rows: names the first and counts them.
 */
export async function prepareRows(
  rows: readonly Row[],
  tokenizer: Tokenizer,
  template: ChatTemplate,
  options: PrepareOptions,
): Promise<PreparedRow[]> {
  const prepared: PreparedRow[] = [];
  const refused: { row: number; error: TunesmithError }[] = [];
  let index = 0;
  for await (const batch of readRows(rows, (row) => row, { tokenizer, template }, options.loss)) {
    for (const { read } of batch) {
      if (read instanceof TunesmithError) refused.push({ row: index, error: read });
      else prepared.push(...examplesOf(read, index, options.maxLength));
      index++;
    }
  }
  if (refused.length === 0) return prepared;
  const { row, error } = refused[0]!;
  const others = refused.length > 1 ? ` (and ${refused.length - 1} more of ${rows.length} rows)` : "";
  throw new TunesmithError("template-invalid", `row ${row + 1}${others}: ${error.message}`, error.hint, {
    cause: error,
  });
}

/** Prepares one row; of a text longer than `maxLength`, its first part. Throws as `prepareRows`. */
export async function prepareRow(
  row: Row,
  tokenizer: Tokenizer,
  template: ChatTemplate,
  options: PrepareOptions,
): Promise<PreparedRow> {
  return (await prepareRows([row], tokenizer, template, options))[0]!;
}

/** One token of a row, for showing what will be learned. */
export interface ShownToken {
  id: number;
  /** Its part of the text: all of them together are the text. "" for a token that is added, or shares its place. */
  text: string;
  trained: boolean;
}

/** A row's tokens as they would be trained, uncut. */
export async function showTokens(
  row: Row,
  tokenizer: Tokenizer,
  template: ChatTemplate,
  loss: Loss = "completions",
): Promise<ShownToken[]> {
  const [read] = await tokenizeRows(renderRows([row], { tokenizer, template }), tokenizer, loss);
  if (read instanceof TunesmithError) throw read;
  return shownTokens(read!);
}

/** As `showTokens`, of a row that is read already. */
export function shownTokens({ text, encoded: { ids, ends }, trained }: RowTokens): ShownToken[] {
  let shown = 0;
  return ids.map((id, i) => {
    const part = text.slice(shown, ends[i]);
    shown = Math.max(shown, ends[i]!);
    return { id, text: part, trained: trained[i] === 1 };
  });
}

/**
 * The tokens at which generation stops: the model's end tokens, and the one with which its template ends an answer
 * (a base model tuned with a chat template learns to end with that one).
 */
export async function stopTokens(tokenizer: Tokenizer, template: ChatTemplate): Promise<number[]> {
  const stops = new Set(tokenizer.special.eosIds);
  const messages = [
    { role: "user", content: "a" },
    { role: "assistant", content: "b" },
  ];
  if (template.tryRender(messages) !== undefined) {
    const { text, answers } = layOut({ kind: "chat", messages }, template, tokenizer.endTokens);
    const answer = answers.at(-1);
    if (answer?.ended) stops.add((await tokenizer.encode(text.slice(0, answer.end))).at(-1)!);
  }
  return [...stops];
}

/** What is trained of a row: one example, or of a plain text as many as its length asks for. */
export function examplesOf(read: RowTokens, row: number, maxLength: number): PreparedRow[] {
  const { kind, encoded, trained, end, promptTokens, historyRewritten, promptIsPrefix } = read;
  const ids = new Int32Array(encoded.ids);
  const facts = { row, promptTokens, historyRewritten, promptIsPrefix };
  const piece = (from: number, to: number) => ({
    ...facts,
    ids: from === 0 && to >= ids.length ? ids : ids.slice(from, to),
    trained: targetsOf(trained, from, to),
    endTrained: end >= from && end < to && trained[end] === 1,
  });

  if (kind === "text") {
    const pieces: PreparedRow[] = [];
    for (let from = 0; from === 0 || from + 1 < ids.length; from += maxLength - 1) {
      const cut = piece(from, from + maxLength);
      pieces.push({ ...cut, truncated: 0, status: cut.trained.includes(1) ? "ok" : "nothing-trained" });
    }
    return pieces;
  }
  const kept = piece(0, maxLength);
  const status = kept.trained.includes(1)
    ? "ok"
    : trained.includes(1)
      ? "answer-cut-away"
      : "nothing-trained";
  return [{ ...kept, truncated: ids.length - kept.ids.length, status }];
}

/** A stretch of the mask; its first token is no target, as nothing precedes it there. */
function targetsOf(trained: Uint8Array, from: number, to: number): Uint8Array {
  const part = trained.slice(from, to);
  part[0] = 0;
  return part;
}
