/**
 * Where in a rendered conversation the messages' own contents stand. A template may trim them, quote them in JSON or
 * leave some out, and its own text may say the same words; so it is asked: the contents are rendered once more
 * between marks. Where the marks change what it writes, contents are looked for one after another instead.
 */
import type { ChatRow } from "./conversation.ts";
import { type ChatTemplate, type Span, unusedCharacters } from "./template.ts";

/** The content of a message in the rendered text: trimmed, and perhaps without a part that the template leaves out. */
export interface ContentSpan extends Span {
  message: number;
  /** How many characters stand before it in the message. */
  lead: number;
  /** It stands there as it is in the message; else the template has written it in another way. */
  isExact: boolean;
}

/**
 * In the order of the text; messages that are not found, or say nothing, are left out.
 *
 * @param text the rendered conversation, perhaps without its last characters
 */
export function contentSpans(row: ChatRow, template: ChatTemplate, text: string): ContentSpan[] {
  return markedContents(row, template, text) ?? soughtContents(row, text);
}

function markedContents({ messages, tools }: ChatRow, template: ChatTemplate, text: string) {
  const saids = messages.map(({ content }) => content.trim());
  const leads = messages.map(({ content }) => content.length - content.trimStart().length);
  const [open, close] = unusedCharacters(text + saids.join(""));
  const marked = messages.map((message, i) => {
    const { content } = message;
    const [said, lead] = [saids[i]!, leads[i]!];
    if (said === "") return message;
    const [before, after] = [content.slice(0, lead), content.slice(lead + said.length)];
    const mark = (kind: string) => `${open}${kind}${i}${close}`;
    const thought = thoughtIn(said);
    const inside = thought === 0 ? said : said.slice(0, thought) + mark("=") + said.slice(thought);
    return { ...message, content: before + mark("<") + inside + mark(">") + after };
  });
  const rendered = template.tryRender(marked, { tools });
  if (rendered === undefined) return undefined;
  const [first, ...pieces] = rendered.split(open);
  const places = new Map<number, Ends>();
  let plain = first!;
  for (const piece of pieces) {
    const at = piece.indexOf(close);
    const message = Number(piece.slice(1, at));
    const place = places.get(message) ?? {};
    // Of a content that is written twice, the first.
    place[piece[0] === "<" ? "start" : piece[0] === "=" ? "answer" : "end"] ??= plain.length;
    places.set(message, place);
    plain += piece.slice(at + 1);
  }
  if (!plain.startsWith(text)) return undefined;
  return [...places].map(([message, place]) =>
    spanOf(message, place, saids[message]!, leads[message]!, text),
  );
}

/** Where the marks of a content are found. */
interface Ends {
  start?: number;
  /** Behind the thought. */
  answer?: number;
  end?: number;
}

/** Where an answer goes on behind its thought, which templates drop; 0 where it has none. */
function thoughtIn(said: string): number {
  const tag = said.lastIndexOf("</think>");
  if (tag < 0) return 0;
  const answer = said.slice(tag + "</think>".length);
  return said.length - answer.trimStart().length;
}

/** A content of which one end is left out begins, or ends, where it no longer says the same. */
function spanOf(message: number, place: Ends, said: string, lead: number, text: string): ContentSpan {
  if (place.start === undefined && place.answer !== undefined) {
    const thought = thoughtIn(said);
    const { answer, end } = place;
    return spanOf(
      message,
      { start: answer, ...(end !== undefined && { end }) },
      said.slice(thought),
      lead + thought,
      text,
    );
  }
  if (place.start !== undefined && place.end !== undefined) {
    const { start, end } = place;
    return { message, start, end, lead, isExact: text.slice(start, end) === said };
  }
  let same = 0;
  if (place.end !== undefined) {
    const { end } = place;
    while (same < said.length && text[end - same - 1] === said.at(-same - 1)) same++;
    return { message, start: end - same, end, lead: lead + said.length - same, isExact: true };
  }
  const start = place.start!;
  while (same < said.length && text[start + same] === said[same]) same++;
  return { message, start, end: start + same, lead, isExact: true };
}

function soughtContents({ messages }: ChatRow, text: string): ContentSpan[] {
  let from = 0;
  return messages.flatMap(({ content }, message) => {
    const said = content.trim();
    const start = said === "" ? -1 : text.indexOf(said, from);
    if (start < 0) return [];
    from = start + said.length;
    return [{ message, start, end: from, lead: content.length - content.trimStart().length, isExact: true }];
  });
}
