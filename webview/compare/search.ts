/** What a person typed into the search field: a text, or a pattern between slashes: "/refund|return/i". */
import { type Search, searchFor } from "../../src/evaluate/row-search.ts";

/** A text is found in any case; a pattern heeds it unless an i follows. */
export function parseSearch(typed: string): Search {
  const [, text, flags] = /^\s*\/(.+)\/([a-z]*)\s*$/is.exec(typed) ?? [];
  if (text === undefined) return searchFor({ text: typed });
  if (!/^i?$/.test(flags!)) return { problem: `After the last slash only an i can stand, not “${flags}”.` };
  return searchFor({ text, regex: true, matchCase: flags !== "i" });
}
