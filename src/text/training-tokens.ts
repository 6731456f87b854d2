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
import { type LaidOut, layOut } from "./answers.ts";
import type { ChatRow, Row, TextRow } from "./conversation.ts";
import type { ChatTemplate } from "./template.ts";
import type { Encoded, Tokenizer } from "./tokenizer.ts";

export interface PrepareOptions {
  /** Most tokens of an example. */
  maxLength: number;
  /** What carries loss in a conversation: the answers, or every token. A plain text is learned whole either way. */
  loss: "completions" | "everything";
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

/** Texts handed to the tokenizer at a time: enough for all cores, little enough to hold. */
const batchSize = 512;

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
  let tokenizing: Promise<Tokenized[]> = Promise.resolve([]);
  for (let from = 0; from < rows.length; from += batchSize) {
    const drafts = rows.slice(from, from + batchSize).flatMap((row, i) => {
      try {
        return [draft(row, from + i, tokenizer, template)];
      } catch (error) {
        if (!(error instanceof TunesmithError) || error.code !== "template-invalid") throw error;
        refused.push({ row: from + i, error });
        return [];
      }
    });
    // The tokenizer works on threads of its own, on one batch while the next is rendered here.
    const before = await tokenizing;
    tokenizing = tokenizeDrafts(drafts, tokenizer);
    for (const tokens of before) prepared.push(...finish(tokens, tokenizer, options));
  }
  for (const tokens of await tokenizing) prepared.push(...finish(tokens, tokenizer, options));
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
  loss: PrepareOptions["loss"] = "completions",
): Promise<ShownToken[]> {
  const [tokens] = await tokenizeDrafts([draft(row, 0, tokenizer, template)], tokenizer);
  const { text, encoded } = tokens!;
  const trained = targets(tokens!, loss);
  let shown = 0;
  return encoded.ids.map((id, i) => {
    const part = text.slice(shown, encoded.ends[i]);
    shown = Math.max(shown, encoded.ends[i]!);
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

/** A row laid out as text, before tokenization. */
interface Draft extends LaidOut {
  row: number;
  kind: Row["kind"];
  /** An end token is to follow the text's own tokens. */
  appendEnd: boolean;
}

interface Tokenized extends Draft {
  encoded: Encoded;
  /** The tokens that generation would be given, from the prompt's last control token on. */
  promptTail: readonly number[];
}

function draft(row: Row, index: number, tokenizer: Tokenizer, template: ChatTemplate): Draft {
  return row.kind === "text" ? draftText(row, index) : draftChat(row, index, tokenizer, template);
}

function draftText({ text }: TextRow, row: number): Draft {
  return {
    row,
    kind: "text",
    text,
    answers: [],
    prompt: "",
    promptEnd: 0,
    historyRewritten: false,
    appendEnd: true,
  };
}

function draftChat(row: ChatRow, index: number, tokenizer: Tokenizer, template: ChatTemplate): Draft {
  const laidOut = layOut(row, template, tokenizer.endTokens);
  const { text, answers } = laidOut;
  const last = answers.at(-1);
  const appendEnd = last !== undefined && !last.ended && text.slice(last.end).trim() === "";
  const kept = appendEnd ? text.slice(0, last.end) : text;
  return { ...laidOut, text: kept, row: index, kind: "chat", appendEnd };
}

async function tokenizeDrafts(drafts: readonly Draft[], tokenizer: Tokenizer): Promise<Tokenized[]> {
  const encode = (kind: Row["kind"], addSpecialTokens: boolean) => {
    const texts = drafts.filter((draft) => draft.kind === kind).map((draft) => draft.text);
    return tokenizer.encodeBatchWithOffsets(texts, { addSpecialTokens });
  };
  const tails = drafts.map((draft) => tailOf(draft.prompt ?? "", tokenizer.controlTokens));
  const distinct = [...new Set(tails)];
  const [chats, texts, tailIds] = await Promise.all([
    encode("chat", false),
    encode("text", true),
    tokenizer.encodeBatch(distinct),
  ]);
  const idsOf = new Map(distinct.map((tail, i) => [tail, tailIds[i]!]));
  const [nextChat, nextText] = [chats.values(), texts.values()];
  return drafts.map((draft, i) => {
    const encoded = (draft.kind === "chat" ? nextChat : nextText).next().value!;
    return {
      ...draft,
      encoded: withEnd(encoded, draft, tokenizer.special.eosId),
      promptTail: idsOf.get(tails[i]!)!,
    };
  });
}

/**
 * The prompt from its last control token on. The text on one side of a control token is tokenized without regard to
 * the other, so what comes before is the same in the prompt and in the whole text; and most rows share this tail.
 */
function tailOf(prompt: string, controlTokens: readonly string[]): string {
  return prompt.slice(Math.max(0, ...controlTokens.map((token) => prompt.lastIndexOf(token))));
}

/** Appends the end token where one is due and does not stand there yet. */
function withEnd(encoded: Encoded, { text, appendEnd }: Draft, eosId: number | undefined): Encoded {
  if (!appendEnd || eosId === undefined || encoded.ids.at(-1) === eosId) return encoded;
  const { ids, starts, ends } = encoded;
  return { ids: [...ids, eosId], starts: [...starts, text.length], ends: [...ends, text.length] };
}

/** `[tokens]`, 1 where a token carries loss. */
function targets({ encoded, kind, answers, appendEnd }: Tokenized, loss: PrepareOptions["loss"]): Uint8Array {
  const { ids, starts, ends } = encoded;
  const trained = new Uint8Array(ids.length).fill(kind === "text" || loss === "everything" ? 1 : 0);
  for (const answer of answers) {
    for (let i = 0; i < ids.length; i++) {
      const overlaps = starts[i]! < answer.end && ends[i]! > answer.start && ends[i]! > starts[i]!;
      const isAppendedEnd = appendEnd && i === ids.length - 1 && answer === answers.at(-1);
      if (overlaps || isAppendedEnd) trained[i] = answer.learned ? 1 : 0;
    }
  }
  trained[0] = 0;
  return trained;
}

/** Index of the token that ends the last learned answer, or a text; -1 where there is none. */
function endIndex({ encoded, kind, answers, appendEnd }: Tokenized, eosIds: readonly number[]): number {
  const { ids, starts, ends } = encoded;
  const last = ids.length - 1;
  const endsInEos = last >= 0 && eosIds.includes(ids[last]!);
  if (kind === "text") return endsInEos ? last : -1;
  const answer = answers.findLast(({ learned }) => learned);
  if (answer === undefined) return -1;
  if (answer.ended) return ids.findLastIndex((_, i) => starts[i]! < answer.end && ends[i]! > answer.start);
  return appendEnd && answer === answers.at(-1) && endsInEos ? last : -1;
}

function finish(tokens: Tokenized, tokenizer: Tokenizer, { maxLength, loss }: PrepareOptions): PreparedRow[] {
  const { row, kind, text, encoded, prompt, promptTail, promptEnd, historyRewritten } = tokens;
  const ids = Int32Array.from(encoded.ids);
  const trained = targets(tokens, loss);
  const end = endIndex(tokens, tokenizer.special.eosIds);
  const piece = (from: number, to: number) => ({
    row,
    ids: ids.slice(from, to),
    trained: targetsOf(trained, from, to),
    endTrained: end >= from && end < to && trained[end] === 1,
  });

  if (kind === "text") {
    const pieces: PreparedRow[] = [];
    for (let from = 0; from === 0 || from + 1 < ids.length; from += maxLength - 1) {
      const cut = piece(from, from + maxLength);
      const status = cut.trained.includes(1) ? "ok" : "nothing-trained";
      pieces.push({ ...cut, promptTokens: 0, truncated: 0, status, historyRewritten, promptIsPrefix: true });
    }
    return pieces;
  }
  const kept = piece(0, maxLength);
  const straddling = encoded.ends.findIndex((end) => end > promptEnd);
  const promptTokens = straddling < 0 ? ids.length : straddling;
  const tailStart = promptTokens - promptTail.length;
  return [
    {
      ...kept,
      promptTokens,
      truncated: ids.length - kept.ids.length,
      status: kept.trained.includes(1) ? "ok" : trained.includes(1) ? "answer-cut-away" : "nothing-trained",
      historyRewritten,
      promptIsPrefix:
        prompt !== undefined &&
        text.startsWith(prompt) &&
        promptTail.every((id, i) => id === ids[tailStart + i]),
    },
  ];
}

/** A stretch of the mask; its first token is no target, as nothing precedes it there. */
function targetsOf(trained: Uint8Array, from: number, to: number): Uint8Array {
  const part = trained.slice(from, to);
  part[0] = 0;
  return part;
}
