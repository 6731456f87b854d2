/** What is kept of a row, so that all rows can be looked at together without holding them. */
import type { ChatRow, Message, TextRow } from "../../text/conversation.ts";
import { hashPair, hashText, normalised } from "../detect/hash.ts";
import { languageOf } from "../detect/language.ts";
import { sketchOf } from "../detect/minhash.ts";
import { learned } from "../formats/format.ts";
import { asQuestion } from "../question.ts";
import type { RecordView } from "../rules/rule.ts";
import { besideTexts, keyOfTurns } from "../split.ts";

export interface Digest {
  /** Of all that is learned from the row, but for case, blanks and Unicode spelling; 53 bits, as are the others. */
  content: number;
  /** Of what is asked before the last answer; of a plain text, of all of it. 0 where nothing can be learned. */
  prompt: number;
  /** Of the last answer; 0 where there is none. */
  answer: number;
  /** The last answer where it is short enough to be a label, trimmed. */
  label: string | undefined;
  /** The system message, shared between rows that have the same. */
  system: string | undefined;
  /** MinHash of the texts but for the system message (see minhash.ts); undefined where they are too short to compare. */
  sketch: Uint32Array | undefined;
  /** UTF-16 units. */
  promptLength: number;
  answerLength: number;
  turns: number;
  /** ISO 639-3 of the answer's language, or the prompt's; undefined where that cannot be told. */
  language: string | undefined;
  /** The types of the record's values, `output:string system:null …`; shared between rows with the same. */
  shape: string;
  /** The part of the file that it stands in, where that holds several: "train" … */
  split: string | undefined;
  /** Tokens, once they are counted. */
  promptTokens?: number;
  answerTokens?: number;
}

/** An answer longer than this is no label. */
const longestLabel = 80;

/** Makes digests; keeps one copy of texts that most rows share. */
export class Digester {
  readonly #shared = new Map<string, string>();
  /** Mostly a record has the types of the one before. */
  #last: { record: object; shape: string } = { record: {}, shape: "" };
  /** The system message before, as it is and normalised: mostly it is the next row's, too. */
  #system: { text: string; normalised: string } = { text: "", normalised: "" };

  /**
   * Undefined for what is no record.
   *
   * @param split of the file, where it holds several
   */
  digest(view: RecordView, split?: string): Digest | undefined {
    const { record } = view;
    if (!record) return undefined;
    const shape = this.#shapeOf(record);
    const row = learned(view.row);
    if (!row) {
      return {
        content: hashText(normalised(view.source)),
        prompt: 0,
        answer: 0,
        label: undefined,
        system: undefined,
        sketch: undefined,
        promptLength: 0,
        answerLength: 0,
        turns: 0,
        language: undefined,
        shape,
        split,
      };
    }
    return row.kind === "text" ? ofText(row, shape, split) : this.#ofChat(row, shape, split);
  }

  #ofChat(row: ChatRow, shape: string, split: string | undefined): Digest {
    const question = asQuestion(row);
    const asked = question?.messages ?? row.messages;
    const answer = question?.reference;
    const texts: string[] = [];
    const key = keyOfTurns(asked, ({ role, content }) => {
      if (role === "system") return this.#normalisedSystem(content);
      const text = normalised(content);
      texts.push(text);
      return text;
    });
    const said = answer === undefined ? "" : normalised(answer);
    if (answer !== undefined) texts.push(said);
    const prompt = hashText(key + besideTexts(row, asked));
    const answerHash = answer === undefined ? 0 : hashText(said);
    const beside = besideTexts(row, row.messages);
    const whole = hashPair(prompt, answerHash);
    const system = row.messages[0]?.role === "system" ? row.messages[0].content : undefined;
    const label = answer !== undefined && answer.length < 2 * longestLabel ? answer.trim() : undefined;
    return {
      content: beside === "" ? whole : hashPair(whole, hashText(beside)),
      prompt,
      answer: answerHash,
      label: label !== undefined && label.length <= longestLabel ? this.#share(label) : undefined,
      system: system === undefined ? undefined : this.#share(system),
      sketch: sketchOf(texts),
      promptLength: key.length,
      answerLength: answer?.length ?? 0,
      turns: row.messages.length,
      language: languageOfTurns(asked, answer),
      shape,
      split,
    };
  }

  #shapeOf(record: object): string {
    if (!isAlike(record, this.#last.record, shapeDepth + 1)) {
      this.#last = { record, shape: this.#share(shapeOf(record)) };
    }
    return this.#last.shape;
  }

  #normalisedSystem(text: string): string {
    if (this.#system.text !== text) this.#system = { text, normalised: normalised(text) };
    return this.#system.normalised;
  }

  #share(text: string): string {
    const known = this.#shared.get(text);
    if (known !== undefined) return known;
    if (this.#shared.size < 10_000) this.#shared.set(text, text);
    return text;
  }
}

function ofText({ text }: TextRow, shape: string, split: string | undefined): Digest {
  const key = normalised(text);
  const hash = hashText(key);
  return {
    content: hash,
    prompt: hash,
    answer: 0,
    label: undefined,
    system: undefined,
    sketch: sketchOf([key]),
    promptLength: key.length,
    answerLength: 0,
    turns: 0,
    language: languageOf(text),
    shape,
    split,
  };
}

/** The answer's language; that of what is asked where the answer shows none, or another one as it was asked to. */
function languageOfTurns(asked: readonly Message[], answer: string | undefined): string | undefined {
  const question = asked.at(-1)?.content ?? "";
  const own = answer === undefined ? undefined : languageOf(answer);
  const other = languageOf(question);
  if (own === undefined || other === undefined || own === other) return own ?? other;
  return asksForLanguage.test(question) ? other : own;
}

const asksForLanguage =
  /translat|tradu|übersetz|vertaal|tłumacz|перев|翻译|翻譯|翻訳|번역|\b(?:into?|auf|en|em|på) (?:english|french|german|spanish|italian|portuguese|dutch|russian|chinese|japanese|korean|arabic|hindi|turkish|polish|englisch|deutsch|französisch|spanisch|anglais|allemand|français|español|inglés|inglês|svenska|norsk|dansk)\b/i;

/** Deeper values do not decide how a table of the rows is typed. */
const shapeDepth = 3;

/** Types by path, as Arrow would have to give columns one; lists by what they hold. */
function shapeOf(record: object): string {
  return Object.entries(record)
    .map(([key, value]) => `${key}:${typeOf(value, shapeDepth)}`)
    .join(" ");
}

function typeOf(value: unknown, depth: number): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${depth === 0 ? "" : typesIn(value, depth - 1)}]`;
  if (typeof value !== "object") return typeof value;
  if (depth === 0) return "{}";
  const members = Object.entries(value).map(([key, item]) => `${key}:${typeOf(item, depth - 1)}`);
  return `{${members.join(" ")}}`;
}

function typesIn(list: readonly unknown[], depth: number): string {
  const first = typeOf(list[0], depth);
  if (list.every((item, i) => i === 0 || isAlike(item, list[0], depth)))
    return list.length === 0 ? "" : first;
  return [...new Set(list.map((item) => typeOf(item, depth)))].sort().join("|");
}

/** True only where both have the same type: most values of a dataset do, and to see that costs little. */
function isAlike(a: unknown, b: unknown, depth: number): boolean {
  if (typeof a !== "object" || a === null) return b !== undefined && typeof a === typeof b && b !== null;
  if (typeof b !== "object" || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  if (depth === 0) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length === 0 || b.length === 0) return a.length === b.length;
    return [a, b].every((list) => list.every((item) => isAlike(item, a[0], depth - 1)));
  }
  return haveAlikeMembers(a as Members, b as Members, depth);
}

type Members = Readonly<Record<string, unknown>>;

function haveAlikeMembers(a: Members, b: Members, depth: number): boolean {
  const names = Object.keys(a);
  const others = Object.keys(b);
  return (
    names.length === others.length &&
    names.every((name, i) => name === others[i] && isAlike(a[name], b[name], depth - 1))
  );
}
