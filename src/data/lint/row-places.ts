/** Which parts of a record the messages of its row were made of: a content may have come from several fields. */
import type { Message, Row } from "../../text/conversation.ts";
import type { TextPart, Turn } from "../parts.ts";
import type { Place, RecordView } from "../rules/rule.ts";

/** A text of the record inside a message's content. */
interface Source {
  part: TextPart;
  /** Where it begins in the content. */
  start: number;
}

export class RowPlaces {
  readonly #sources: readonly (readonly Source[])[];
  readonly #turns: readonly (Turn | undefined)[];

  constructor({ parts }: RecordView, row: Row) {
    if (row.kind === "text") {
      const part = parts.texts.find(({ text }) => text === row.text);
      this.#sources = [part ? [{ part, start: 0 }] : []];
      this.#turns = [undefined];
      return;
    }
    const left = parts.texts.filter(({ rejected }) => !rejected);
    this.#sources = row.messages.map((message) => takeSources(message, left));
    this.#turns = turnsOf(
      row.messages,
      parts.conversations.flatMap(({ turns }) => turns),
    );
  }

  /** The turn that a message was made of. */
  turn(message: number): Turn | undefined {
    return this.#turns[message];
  }

  /** Where a message is spoken of as a whole: at its role, if it has one. */
  message(index: number): Place {
    const turn = this.#turns[index];
    if (turn?.role) return { at: turn.role.at };
    return turn ? { at: turn.contentAt } : this.content(index, 0);
  }

  /**
   * A stretch of a message's content; what reaches beyond the text in which it begins is left out. Without a text, the
   * message.
   */
  content(index: number, start: number, end = Number.POSITIVE_INFINITY): Place {
    const sources = this.#sources[index] ?? [];
    const source = sources.findLast((each) => each.start <= start) ?? sources[0];
    if (!source) return this.#turns[index] ? this.message(index) : {};
    const { text, at } = source.part;
    const from = Math.min(Math.max(0, start - source.start), text.length);
    const to = Math.max(from, Math.min(end - source.start, text.length));
    return { at, span: [from, to] };
  }
}

/** Takes from `left` the texts that a message's content is made of, in their order, with nothing but blanks between. */
function takeSources({ role, content }: Message, left: TextPart[]): Source[] {
  const sources: Source[] = [];
  let reached = 0;
  for (let i = 0; i < left.length && reached < content.length; ) {
    const part = left[i]!;
    const start = part.side === role && part.text.trim() !== "" ? content.indexOf(part.text, reached) : -1;
    if (start < 0 || content.slice(reached, start).trim() !== "") {
      i++;
      continue;
    }
    sources.push({ part, start });
    reached = start + part.text.length;
    left.splice(i, 1);
  }
  return sources;
}

/** Turns and messages stand in the same order; some turns say nothing, and some say several messages. */
function turnsOf(messages: readonly Message[], turns: readonly Turn[]): (Turn | undefined)[] {
  const spoken = turns.filter(
    ({ side, content }) => side !== "system" || String(content ?? "").trim() !== "",
  );
  if (spoken.length === messages.length) return [...spoken];
  let next = 0;
  return messages.map(({ role }) => {
    const at = spoken.findIndex(({ side }, i) => i >= next && side === role);
    if (at < 0) return undefined;
    next = at + 1;
    return spoken[at];
  });
}
