/**
 * Where in a rendered conversation the messages' own contents stand. A template may trim them, quote them in JSON or
 * leave some out, and its own text may say the same words; so it is asked: the contents are rendered once more
 * between marks. Where the marks change what it writes, contents are looked for one after another instead.
 */
import type { ChatRow } from "./conversation.ts";
import { type ChatTemplate, type Span, unusedCharacters } from "./template.ts";

/** The trimmed content of a message in the rendered text. */
export interface ContentSpan extends Span {
  message: number;
  /** How many blanks stand before it in the message. */
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
  const contents = messages.map(({ content }) => content);
  const [open, close] = unusedCharacters(text + contents.join(""));
  const marked = messages.map((message, i) => {
    const { content } = message;
    const said = content.trim();
    if (said === "") return message;
    const lead = content.length - content.trimStart().length;
    const mark = `${open}${i}${close}`;
    return {
      ...message,
      content: content.slice(0, lead) + mark + said + mark + content.slice(lead + said.length),
    };
  });
  const rendered = template.tryRender(marked, { tools });
  if (rendered === undefined) return undefined;
  const spans: ContentSpan[] = [];
  const starts = new Map<number, number>();
  let plain = "";
  for (const [i, piece] of rendered.split(open).entries()) {
    const at = i === 0 ? -1 : piece.indexOf(close);
    plain += piece.slice(at + 1);
    if (at < 0) continue;
    const message = Number(piece.slice(0, at));
    const place = plain.length - (piece.length - at - 1);
    const start = starts.get(message);
    if (start === undefined) {
      starts.set(message, place);
      continue;
    }
    starts.delete(message);
    const content = contents[message]!;
    const said = content.trim();
    const lead = content.length - content.trimStart().length;
    spans.push({ message, start, end: place, lead, isExact: plain.slice(start, place) === said });
  }
  return plain.startsWith(text) ? spans : undefined;
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
