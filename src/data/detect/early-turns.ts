/** Makes room in a conversation that is too long for a model. */
import type { TokenView } from "../lint/token-view.ts";
import type { Fix } from "../rules/rule.ts";
import { countOf, listedTurns, removalOf } from "./conversation.ts";

/** Leaves out so many exchanges from the beginning that the rest fits; nothing where that cannot be. */
export function leaveOutFirstTurns({ record, row, read, contents, tokens, model }: TokenView): Fix[] {
  const [conversation, ...others] = record.parts.conversations;
  if (!read || row.kind === "text" || !conversation?.list || others.length > 0) return [];
  const turns = listedTurns(conversation);
  const first = turns.findIndex(({ side }) => side !== "system");
  const shift = row.messages.length - turns.length;
  const startOf = (turn: number) => contents.find(({ message }) => message === turn + shift)?.start;
  const from = startOf(first);
  if (first < 0 || shift < 0 || from === undefined) return [];
  for (let next = first + 2; next < turns.length - 1; next++) {
    if (turns[next]!.side !== "user" || turns[next - 1]!.side !== "assistant") continue;
    const to = startOf(next);
    if (to === undefined) return [];
    const saved = read.encoded.beyond(to) - read.encoded.beyond(from);
    if (tokens - saved > model.maxLength) continue;
    const edits = removalOf(turns.slice(first, next));
    return [{ title: `Leave out the first ${countOf(edits.length, "turn")}`, edits }];
  }
  return [];
}
