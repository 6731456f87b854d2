/** A row as the chosen model is trained on it. */

import type { ChatModel } from "../../text/chat-model.ts";
import { type ContentSpan, contentSpans } from "../../text/content-places.ts";
import type { Row } from "../../text/conversation.ts";
import type { Loss, RowTokens } from "../../text/row-tokens.ts";
import { TemplateRefusal } from "../../text/template.ts";
import { examplesOf, type PreparedRow, type ShownToken, shownTokens } from "../../text/training-tokens.ts";
import type { Place, RecordView } from "../rules/rule.ts";
import { RowPlaces } from "./row-places.ts";

/** What is known of the model, and of how a run would use it. */
export interface TokenModel {
  /** As a recipe names it. */
  name: string;
  /** Most tokens of an example. */
  maxLength: number;
  /** Default: the answers. */
  loss?: Loss;
}

export interface TokenView {
  readonly record: RecordView;
  readonly row: Row;
  readonly model: TokenModel;
  /** Strings that the model's tokenizer takes as one control token wherever they stand. */
  readonly controlTokens: readonly string[];
  /** Why the template does not take the conversation. */
  readonly refusal: TemplateRefusal | undefined;
  /** All tokens of the row, uncut; undefined where the template refuses. */
  readonly read: RowTokens | undefined;
  /** What is trained of it: one example, of a plain text perhaps several, and none where the template refuses. */
  readonly examples: readonly PreparedRow[];
  /** Tokens of the whole row, uncut. */
  readonly tokens: number;
  /** Where `maxLength` cuts, in the rendered text; undefined where nothing is cut away. */
  readonly cut: number | undefined;
  /** The same row without blanks where answers begin, if it has such blanks. */
  readonly trimmed: RowTokens | undefined;
  /** Whether the template takes another conversation: for trying a fix. */
  accepts(row: Row): boolean;
  /** Where the contents of messages stand in the rendered text. */
  readonly contents: readonly ContentSpan[];
  /**
   * The place in the record of a stretch of the rendered text, as far as it lies in the text in which it begins;
   * undefined where the template wrote that.
   */
  placeOf(start: number, end?: number): Place | undefined;
  /** What stands in the record from a place in the rendered text on, to the end of that text. */
  placeFrom(start: number): Place;
  /** Where a message is spoken of as a whole. */
  placeOfMessage(index: number): Place;
  /** A stretch of a message's content. */
  placeInMessage(index: number, start: number, end?: number): Place;
  /** Every token of the row with its text, for showing. */
  show(): ShownToken[];
  /** How the tokenizer calls a token. */
  nameOf(id: number): string;
}

interface Readings {
  read: RowTokens | TemplateRefusal;
  trimmed: RowTokens | TemplateRefusal | undefined;
}

/** Nothing is worked out before a rule asks. */
export class ReadTokenView implements TokenView {
  readonly record: RecordView;
  readonly row: Row;
  readonly model: TokenModel;
  readonly refusal: TemplateRefusal | undefined;
  readonly read: RowTokens | undefined;
  readonly trimmed: RowTokens | undefined;
  readonly #chat: ChatModel;
  #examples: PreparedRow[] | undefined;
  #contents: ContentSpan[] | undefined;
  #places: RowPlaces | undefined;

  constructor(record: RecordView, row: Row, { read, trimmed }: Readings, chat: ChatModel, model: TokenModel) {
    this.record = record;
    this.row = row;
    this.model = model;
    this.refusal = read instanceof TemplateRefusal ? read : undefined;
    this.read = read instanceof TemplateRefusal ? undefined : read;
    this.trimmed = trimmed instanceof TemplateRefusal ? undefined : trimmed;
    this.#chat = chat;
  }

  get controlTokens(): readonly string[] {
    return this.#chat.tokenizer.controlTokens;
  }

  get examples(): readonly PreparedRow[] {
    this.#examples ??= this.read ? examplesOf(this.read, 0, this.model.maxLength) : [];
    return this.#examples;
  }

  get tokens(): number {
    return this.read?.encoded.ids.length ?? 0;
  }

  get cut(): number | undefined {
    const { read, model, tokens } = this;
    if (!read || read.kind === "text" || tokens <= model.maxLength) return undefined;
    return read.encoded.starts[model.maxLength];
  }

  accepts(row: Row): boolean {
    if (row.kind === "text") return true;
    return this.#chat.template.tryRender(row.messages, { tools: row.tools }) !== undefined;
  }

  get contents(): readonly ContentSpan[] {
    this.#contents ??= this.#findContents();
    return this.#contents;
  }

  #findContents(): ContentSpan[] {
    const { row, read } = this;
    if (!read) return [];
    if (row.kind === "chat") return contentSpans(row, this.#chat.template, read.text);
    return [{ message: 0, start: 0, end: read.text.length, lead: 0, isExact: true }];
  }

  placeOf(start: number, end = start): Place | undefined {
    const span = this.contents.find((each) => each.start <= start && start < each.end);
    if (!span) return undefined;
    if (!span.isExact) return this.placeInMessage(span.message, span.lead);
    const shift = span.lead - span.start;
    return this.placeInMessage(span.message, start + shift, Math.min(end, span.end) + shift);
  }

  placeFrom(start: number): Place {
    const inside = this.placeOf(start, Number.POSITIVE_INFINITY);
    if (inside) return inside;
    const next = this.contents.find((each) => each.start >= start);
    if (next) return this.placeInMessage(next.message, 0);
    const last = this.contents.at(-1);
    return last ? this.placeInMessage(last.message, Number.POSITIVE_INFINITY) : {};
  }

  placeOfMessage(index: number): Place {
    return this.#rowPlaces.message(index);
  }

  placeInMessage(index: number, start: number, end?: number): Place {
    return this.#rowPlaces.content(index, start, end);
  }

  show(): ShownToken[] {
    return this.read ? shownTokens(this.read) : [];
  }

  nameOf(id: number): string {
    return this.#chat.tokenizer.idToToken(id) ?? `token ${id}`;
  }

  get #rowPlaces(): RowPlaces {
    this.#places ??= new RowPlaces(this.record, this.row);
    return this.#places;
  }
}
