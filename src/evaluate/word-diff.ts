/** How an output differs from its reference, word by word, for marking what is missing and what was added. */
import { type ChangeObject, diffArrays } from "diff";

export interface DiffSpan {
  /** In both texts; only in the reference; only in the output. */
  kind: "equal" | "missing" | "added";
  text: string;
}

/**
 * Beyond so many words that differ, texts have nothing in common that marks would show; the work, which grows with the
 * square of this, stays under a tenth of a second.
 */
const mostEdits = 1000;

const unspaced = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]`;
/** Blanks; one character of a script without spaces between words; a word or number; any other single sign. */
const token = new RegExp(String.raw`\s+|${unspaced}|(?:(?!${unspaced})[\p{L}\p{N}\p{M}_])+|[\s\S]`, "gu");

/**
 * The spans of both texts in order: the equal and missing ones together are the reference, the equal and added ones the
 * output, to the letter. Texts that differ in more than `mostEdits` words are not taken apart between their common
 * beginning and end.
 */
export function wordDiff(reference: string, output: string): DiffSpan[] {
  const [wanted, given] = [reference.match(token) ?? [], output.match(token) ?? []];
  const changes = diffArrays(wanted, given, { maxEditLength: mostEdits }) ?? middleReplaced(wanted, given);
  return joined(
    changes.map(({ value, added, removed }) => ({
      kind: added ? "added" : removed ? "missing" : "equal",
      text: value.join(""),
    })),
  );
}

function middleReplaced(wanted: readonly string[], given: readonly string[]): ChangeObject<string[]>[] {
  const shortest = Math.min(wanted.length, given.length);
  let start = 0;
  while (start < shortest && wanted[start] === given[start]) start++;
  let end = 0;
  while (end < shortest - start && wanted.at(-1 - end) === given.at(-1 - end)) end++;
  const part = (value: string[], kind = { added: false, removed: false }) => ({
    value,
    count: value.length,
    ...kind,
  });
  return [
    part(wanted.slice(0, start)),
    part(wanted.slice(start, wanted.length - end), { added: false, removed: true }),
    part(given.slice(start, given.length - end), { added: true, removed: false }),
    part(wanted.slice(wanted.length - end)),
  ];
}

/** Changes with nothing but blanks between them are one change: "a b" for "c d", not "a" for "c" and "b" for "d". */
function joined(spans: readonly DiffSpan[]): DiffSpan[] {
  const found: DiffSpan[] = [];
  let [missing, added] = ["", ""];
  const close = () => {
    if (missing !== "") found.push({ kind: "missing", text: missing });
    if (added !== "") found.push({ kind: "added", text: added });
    [missing, added] = ["", ""];
  };
  spans.forEach(({ kind, text }, i) => {
    const isGap = text.trim() === "" && i < spans.length - 1 && missing !== "" && added !== "";
    if (kind !== "added" && (kind === "missing" || isGap)) missing += text;
    if (kind !== "missing" && (kind === "added" || isGap)) added += text;
    if (kind !== "equal" || isGap || text === "") return;
    close();
    found.push({ kind, text });
  });
  close();
  return found;
}
