/** One record in another form: what it becomes, and what it loses. */
import type { Row } from "../../text/conversation.ts";
import type { DataRecord, Format } from "../formats/format.ts";
import { formats } from "../formats/index.ts";
import { isReadAs, recordsOf } from "../written-record.ts";
import type { Item } from "./dataset.ts";
import { extraKeys, unreadInside } from "./extra-keys.ts";
import type { Form } from "./forms.ts";
import { type Holder, holds, holdsTexts, whyNot } from "./holders.ts";
import { convertedPreference } from "./preferences.ts";
import { reduced } from "./reductions.ts";

export interface ConvertedRecord {
  record: DataRecord;
  /** As which it must be read; none for what cannot be trained on. */
  row?: Row;
  /** Keys that came along although the format does not read them. */
  extras: readonly string[];
  /** In words. */
  losses: readonly string[];
}

export function convertedItem(item: Item, form: Form, holder: Holder): ConvertedRecord | { reason: string } {
  const { record, format, row, fault = "it cannot be read" } = item;
  if (!record || !format) return { reason: fault };
  if (format === form.format && form.accepts(record) && (row || format.untrainable !== undefined)) {
    const isHeld = row ? isHeldWhole(record, row, format, holder) : !holdsTexts(holder);
    if (isHeld) return { record, ...(row && { row }), extras: [], losses: [] };
  }
  if (format.untrainable !== undefined) return preferenceRecord(item, form, holder);
  if (!row) return { reason: fault };
  if (form.format.untrainable !== undefined) return { reason: "it has no better and worse answers" };
  const found = reduced(row, (less) =>
    recordsOf(less, form.format, form.like)
      .map(form.spell)
      .find((each) => form.accepts(each) && holds(holder, each)),
  );
  if (!found) return { reason: obstacle(row, form, holder) };
  const extras = extraKeys(record, format, row);
  const { kept, gone } = withExtras(found.passed, found.row, extras, form, holder);
  return {
    record: kept,
    row: found.row,
    extras: Object.keys(kept).filter((key) => !Object.hasOwn(found.passed, key)),
    losses: [...found.losses, ...unreadInside(record, format), ...gone.map(keyInWords)],
  };
}

export function keyInWords(key: string): string {
  return `the key ${JSON.stringify(key)}`;
}

/** Whether the file can hold the record as it is, and it then says what it said. */
function isHeldWhole(record: DataRecord, row: Row, format: Format, holder: Holder): boolean {
  if (!holds(holder, record)) return false;
  if (!holdsTexts(holder)) return true;
  return isReadAs(asTexts(record), format, row);
}

/** A record as a table has it. */
export function asTexts(record: DataRecord): DataRecord {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, value === null ? "" : String(value)]),
  );
}

/** Puts back what the format does not read, as long as the record is still read as what it is. */
function withExtras(
  written: DataRecord,
  row: Row,
  extras: DataRecord,
  form: Form,
  holder: Holder,
): { kept: DataRecord; gone: string[] } {
  const all = Object.entries(extras);
  if (all.length === 0) return { kept: written, gone: [] };
  const isHeld = ([key, value]: readonly [string, unknown]) =>
    !form.isStrict && !Object.hasOwn(written, key) && holds(holder, { [key]: value });
  const candidates = all.filter(isHeld);
  const gone = all.filter((each) => !isHeld(each)).map(([key]) => key);
  const together = { ...Object.fromEntries(candidates), ...written };
  if (isTakenFor(together, row, form.format)) return { kept: together, gone };
  let kept = written;
  for (const [key, value] of candidates) {
    const more = { ...kept, [key]: value };
    if (isTakenFor(more, row, form.format)) kept = more;
    else gone.push(key);
  }
  return { kept, gone };
}

/** Whether the record is taken for one of the format, and says the row. */
function isTakenFor(record: DataRecord, row: Row, format: Format): boolean {
  const scores = formats.map((each) => each.recognise(record));
  if (formats[scores.indexOf(Math.max(...scores))] !== format) return false;
  return isReadAs(record, format, row);
}

function preferenceRecord(
  { record, format }: Item,
  form: Form,
  holder: Holder,
): ConvertedRecord | { reason: string } {
  if (form.format.untrainable === undefined) {
    return { reason: `"${format!.name}" says which answers are better, and "${form.name}" cannot` };
  }
  if (holdsTexts(holder)) return { reason: "only JSON can hold it" };
  const found = convertedPreference(record!, format!, form.format);
  if (!found) return { reason: `it cannot be written as "${form.name}"` };
  return { ...found, extras: [] };
}

function obstacle(row: Row, form: Form, holder: Holder): string {
  const isText = form.format.name === "text";
  if (row.kind === "text" && !isText) return "a plain text has no question and answer";
  if (row.kind === "chat" && isText) return "a conversation is no plain text";
  const why = whyNot(holder, row, form);
  if (why !== undefined) return why;
  const roles = row.kind === "chat" ? row.messages.map(({ role }) => role) : [];
  if (roles.at(-1) !== "assistant") return `it ends with a turn of the ${roles.at(-1)}, not with an answer`;
  return roles.at(-2) === "user"
    ? `"${form.name}" has no place for it`
    : "its last answer follows no question";
}
