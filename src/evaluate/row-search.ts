/**
 * Searching the rows' texts, plainly or by a regular expression.
 *
 * A pattern that a person types must not hang the page. JavaScript's own engine tries every way to match, which for some
 * patterns takes longer than anybody lives, and cannot be stopped from within. So patterns run on RE2's automata (re2js),
 * whose time is linear in the text whatever the pattern; the price is that there are no back-references and no lookaround,
 * and those who use them are told so.
 */
import { RE2JS } from "re2js";
import type { JudgedRow } from "./row-filters.ts";

export interface Wanted {
  text: string;
  /** The text is a regular expression. */
  regex?: boolean;
  matchCase?: boolean;
}

/** What is searched: a row, and what a person noted on it. */
export type SearchedRow = Pick<JudgedRow, "id" | "question" | "reference" | "outputs"> & {
  note?: { text: string } | null;
};

/** Tells whether a row has the text in one of its texts; or, for a pattern that cannot be used, says why not. */
export type Search = { matches: (row: SearchedRow) => boolean } | { problem: string };

/** An empty text matches every row. Blanks around a text count only in a pattern. */
export function searchFor({ text, regex = false, matchCase = false }: Wanted): Search {
  if (regex) return patternSearch(text, matchCase);
  const fold = (found: string) => (matchCase ? found : found.toLowerCase());
  const wanted = fold(text.trim());
  return { matches: (row) => textsOf(row).some((found) => fold(found).includes(wanted)) };
}

function patternSearch(text: string, matchCase: boolean): Search {
  try {
    const flags = RE2JS.MULTILINE | (matchCase ? 0 : RE2JS.CASE_INSENSITIVE);
    const pattern = RE2JS.compile(RE2JS.translateRegExp(text), flags);
    return { matches: (row) => textsOf(row).some((found) => pattern.matcher(found).find()) };
  } catch (error) {
    return { problem: inWords(text, error instanceof Error ? error.message : String(error)) };
  }
}

function inWords(pattern: string, message: string): string {
  if (/\(\?<?[=!]/.test(pattern))
    return "Lookahead and lookbehind are not available here: they could make the search endless.";
  if (/\\[1-9]|\\k</.test(pattern))
    return "Back-references are not available here: they could make the search endless.";
  return `This is no regular expression: ${message.replace(/^error parsing regexp: /, "")}.`;
}

function textsOf({ id, question, reference, outputs, note }: SearchedRow): string[] {
  return [id, question, reference, ...Object.values(outputs), ...(note ? [note.text] : [])];
}
