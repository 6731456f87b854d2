/**
 * A row as the model reads it: rendered, tokenized once, with the tokens that are learned. The trainer takes what
 * follows for training from here, and the linter what there is to say about it, so that both see the same.
 */
import { type LaidOut, layOut } from "./answers.ts";
import type { ChatModel } from "./chat-model.ts";
import type { ChatRow, Row, TextRow } from "./conversation.ts";
import type { Encoded } from "./encoded.ts";
import { TemplateRefusal } from "./template.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** What carries loss in a conversation: the answers, or every token. A plain text is learned whole either way. */
export type Loss = "completions" | "everything";

export interface RowTokens extends LaidOut {
  kind: Row["kind"];
  /** All tokens of the row, before anything is cut; an end token that the text lacks is appended. */
  encoded: Encoded;
  /** The last token is such an appended one. */
  isEndAppended: boolean;
  /** `[tokens]`, 1 where a token is a target that carries loss. Never the first: nothing precedes it. */
  trained: Uint8Array;
  /** Tokens before the last answer. */
  promptTokens: number;
  /** Index of the token that ends the last learned answer, or a text; -1 where there is none. */
  end: number;
  /** The row begins with exactly the tokens that generation would be given before the last answer. */
  promptIsPrefix: boolean;
}

/** Rendered, not yet tokenized. */
export interface Draft extends LaidOut {
  kind: Row["kind"];
  /** An end token is to follow the text's own tokens. */
  appendEnd: boolean;
}

/** Renders rows; for one that the template refuses there is the error. */
export function renderRows(
  rows: readonly Row[],
  { tokenizer, template }: Pick<ChatModel, "tokenizer" | "template">,
): (Draft | TemplateRefusal)[] {
  return rows.map((row) => {
    try {
      return row.kind === "text" ? draftText(row) : draftChat(row, tokenizer, template);
    } catch (error) {
      if (error instanceof TemplateRefusal) return error;
      throw error;
    }
  });
}

/** Tokenizes what was rendered, on threads of the tokenizer's own, so that more can be rendered meanwhile. */
export async function tokenizeRows(
  drafts: readonly (Draft | TemplateRefusal)[],
  tokenizer: Tokenizer,
  loss: Loss,
): Promise<(RowTokens | TemplateRefusal)[]> {
  const isTaken = (draft: Draft | TemplateRefusal): draft is Draft => !(draft instanceof TemplateRefusal);
  const read = (await tokenize(drafts.filter(isTaken), tokenizer, loss)).values();
  return drafts.map((draft) => (isTaken(draft) ? read.next().value! : draft));
}

/** Texts handed to the tokenizer at a time: enough for all cores, little enough to hold, and to wait for. */
const batchSize = 256;

/** Reads rows batch by batch, rendering one while the tokenizer works on the one before. */
export async function* readRows<T>(
  items: Iterable<T>,
  rowOf: (item: T) => Row,
  model: Pick<ChatModel, "tokenizer" | "template">,
  loss: Loss,
  size = batchSize,
): AsyncGenerator<{ item: T; read: RowTokens | TemplateRefusal }[]> {
  const start = (batch: readonly T[]) => {
    const drafts = renderRows(batch.map(rowOf), model);
    return async () => {
      const read = await tokenizeRows(drafts, model.tokenizer, loss);
      return batch.map((item, i) => ({ item, read: read[i]! }));
    };
  };
  let reading: ReturnType<ReturnType<typeof start>> | undefined;
  for (const batch of inBatches(items, size)) {
    const next = start(batch);
    const before = await reading;
    reading = next();
    // Whoever asks for the next batch is told; nobody may, where this one was enough.
    reading.catch(() => undefined);
    if (before) yield before;
  }
  if (reading) yield await reading;
}

function* inBatches<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    if (batch.push(item) < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function draftText({ text }: TextRow): Draft {
  const answers: LaidOut["answers"] = [];
  return { kind: "text", text, answers, prompt: "", promptEnd: 0, historyRewritten: false, appendEnd: true };
}

function draftChat(row: ChatRow, tokenizer: Tokenizer, template: ChatModel["template"]): Draft {
  const laidOut = layOut(row, template, tokenizer.endTokens);
  const { text, answers } = laidOut;
  const last = answers.at(-1);
  const appendEnd = last !== undefined && !last.ended && text.slice(last.end).trim() === "";
  const kept = appendEnd ? text.slice(0, last.end) : text;
  return { ...laidOut, text: kept, kind: "chat", appendEnd };
}

async function tokenize(drafts: readonly Draft[], tokenizer: Tokenizer, loss: Loss): Promise<RowTokens[]> {
  const encode = (kind: Row["kind"], addSpecialTokens: boolean) => {
    const texts = drafts.filter((draft) => draft.kind === kind).map((draft) => draft.text);
    return texts.length === 0 ? [] : tokenizer.encodeBatchWithOffsets(texts, { addSpecialTokens });
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
    return rowTokens(draft, encoded, idsOf.get(tails[i]!)!, tokenizer, loss);
  });
}

/**
 * The prompt from its last control token on. The text on one side of a control token is tokenized without regard to
 * the other, so what comes before is the same in the prompt and in the whole text; and most rows share this tail.
 */
function tailOf(prompt: string, controlTokens: readonly string[]): string {
  return prompt.slice(Math.max(0, ...controlTokens.map((token) => prompt.lastIndexOf(token))));
}

function rowTokens(
  { appendEnd, ...draft }: Draft,
  own: Encoded,
  promptTail: readonly number[],
  { special: { eosId, eosIds } }: Tokenizer,
  loss: Loss,
): RowTokens {
  const { kind, text, answers, prompt, promptEnd } = draft;
  const isEndAppended = appendEnd && eosId !== undefined && own.ids.at(-1) !== eosId;
  const encoded = isEndAppended ? own.with(eosId) : own;
  const { ids } = encoded;
  const last = ids.length - 1;
  const trained = new Uint8Array(ids.length).fill(kind === "text" || loss === "everything" ? 1 : 0);
  const endsInEos = last >= 0 && eosIds.includes(ids[last]!);
  let end = kind === "text" && endsInEos ? last : -1;
  for (const answer of answers) {
    const tokens = encoded.over(answer);
    const isLast = answer === answers.at(-1);
    trained.fill(answer.learned ? 1 : 0, tokens.start, tokens.end);
    if (appendEnd && isLast) trained[last] = answer.learned ? 1 : 0;
    if (!answer.learned) continue;
    if (answer.ended) end = tokens.end > tokens.start ? tokens.end - 1 : -1;
    else end = appendEnd && isLast && endsInEos ? last : -1;
  }
  trained[0] = 0;
  const promptTokens = kind === "text" ? 0 : encoded.beyond(promptEnd);
  const tailStart = promptTokens - promptTail.length;
  const promptIsPrefix =
    kind === "text" ||
    (prompt !== undefined &&
      text.startsWith(prompt) &&
      promptTail.every((id, i) => id === ids[tailStart + i]));
  return { ...draft, encoded, isEndAppended, trained, promptTokens, end, promptIsPrefix };
}
