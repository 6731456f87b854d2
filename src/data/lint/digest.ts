/** What is kept of a row, so that all rows can be looked at together without holding them. */
import type { Row } from "../../text/conversation.ts";
import { hashText, normalised } from "../detect/hash.ts";
import { FieldError } from "../formats/format.ts";
import { asQuestion } from "../question.ts";
import type { RecordView } from "../rules/rule.ts";
import { promptKey } from "../split.ts";

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
  /** MinHash of the text's words (see minhash.ts); undefined for texts too short to compare. */
  sketch: Uint32Array | undefined;
  /** UTF-16 units. */
  promptLength: number;
  answerLength: number;
  turns: number;
  /** ISO 639-3 of the text's language; undefined where that cannot be told. */
  language: string | undefined;
  /** The types of the record's values, `output:string system:null …`; shared between rows with the same. */
  shape: string;
  /** Tokens, once they are counted. */
  promptTokens?: number;
  answerTokens?: number;
}

/** An answer longer than this is no label. */
const longestLabel = 80;

/** Makes digests; keeps one copy of texts that most rows share. */
export class Digester {
  readonly #shared = new Map<string, string>();

  /** Undefined for what is no record. */
  digest(view: RecordView): Digest | undefined {
    const { record, row } = view;
    if (!record) return undefined;
    const shape = this.#share(shapeOf(record));
    if (!row || row instanceof FieldError) {
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
      };
    }
    const key = promptKey(row);
    const answer = answerOf(row);
    const system =
      row.kind === "chat" && row.messages[0]?.role === "system" ? row.messages[0].content : undefined;
    const label = answer?.trim();
    return {
      content: hashText(answer === undefined ? key : `${key}\0${normalised(answer)}`),
      prompt: hashText(key),
      answer: answer === undefined ? 0 : hashText(normalised(answer)),
      label: label !== undefined && label.length <= longestLabel ? this.#share(label) : undefined,
      system: system === undefined ? undefined : this.#share(system),
      sketch: undefined,
      promptLength: key.length,
      answerLength: answer?.length ?? 0,
      turns: row.kind === "chat" ? row.messages.length : 0,
      language: undefined,
      shape,
    };
  }

  #share(text: string): string {
    const known = this.#shared.get(text);
    if (known !== undefined) return known;
    if (this.#shared.size < 10_000) this.#shared.set(text, text);
    return text;
  }
}

function answerOf(row: Row): string | undefined {
  return asQuestion(row)?.reference;
}

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
  if (Array.isArray(value)) {
    const types = depth === 0 ? [] : [...new Set(value.map((item) => typeOf(item, depth - 1)))];
    return `[${types.sort().join("|")}]`;
  }
  if (typeof value !== "object") return typeof value;
  if (depth === 0) return "{}";
  const members = Object.entries(value).map(([key, item]) => `${key}:${typeOf(item, depth - 1)}`);
  return `{${members.join(" ")}}`;
}
