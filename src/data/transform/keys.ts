/** By what records are told apart: what they ask, and all that is learned from them. */
import { normalised } from "../detect/hash.ts";
import { asQuestion } from "../question.ts";
import { besideTexts, promptKey } from "../split.ts";
import type { Item } from "./dataset.ts";

/** The same for records that ask the same, but for case, blanks and Unicode spelling. */
export function promptOf(item: Item): string {
  const { row } = item;
  if (!row) return promptOfParts(item) ?? contentOf(item);
  const asked = row.kind === "chat" ? (asQuestion(row)?.messages ?? row.messages) : [];
  return promptKey(row) + besideTexts(row, asked);
}

/** The same for records that teach the same, but for case, blanks and Unicode spelling. */
export function contentOf({ row, record, source, at }: Item): string {
  if (!row) return record ? JSON.stringify(record) : `${at}\0${source}`;
  const answer = asQuestion(row)?.reference;
  const said = answer === undefined ? promptKey(row) : `${promptKey(row)}\0${normalised(answer)}`;
  return said + besideTexts(row, row.kind === "chat" ? row.messages : []);
}

/** Of data that says more than a conversation: what stands before the answers. */
function promptOfParts({ record, format }: Item): string | undefined {
  const parts = record && format?.parts(record);
  const asked = parts?.texts.filter(
    ({ side, rejected }) => (side === "user" || side === "system") && !rejected,
  );
  return asked && asked.length > 0
    ? asked.map(({ side, text }) => `${side}: ${normalised(text)}`).join("\n")
    : undefined;
}
