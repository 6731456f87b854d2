/** Blanks where an answer begins: the last of what is asked, and the first of what is said. */
import type { ChatRow, Row } from "../../text/conversation.ts";

export interface BoundaryBlank {
  message: number;
  side: "prompt" | "answer";
  /** Its stretch of the message's content. */
  start: number;
  end: number;
  text: string;
}

export function boundaryBlanks({ messages }: ChatRow): BoundaryBlank[] {
  const found: BoundaryBlank[] = [];
  for (const [i, { role, content }] of messages.entries()) {
    if (role !== "assistant") continue;
    const before = i === 0 ? undefined : messages[i - 1]!;
    if (before && before.role !== "assistant") {
      const start = before.content.trimEnd().length;
      const text = before.content.slice(start);
      if (start > 0 && text !== "")
        found.push({ message: i - 1, side: "prompt", start, end: before.content.length, text });
    }
    const end = content.length - content.trimStart().length;
    if (end > 0 && end < content.length)
      found.push({ message: i, side: "answer", start: 0, end, text: content.slice(0, end) });
  }
  return found;
}

/** The row without such blanks; undefined where it has none. */
export function withoutBoundaryBlanks(row: Row): ChatRow | undefined {
  if (row.kind === "text") return undefined;
  const blanks = boundaryBlanks(row);
  if (blanks.length === 0) return undefined;
  const messages = row.messages.map((message) => ({ ...message }));
  for (const { message, side } of blanks) {
    const { content } = messages[message]!;
    messages[message]!.content = side === "prompt" ? content.trimEnd() : content.trimStart();
  }
  return { ...row, messages };
}
