/** Fixes as changes of the file's text. */
import type { Fix } from "../rules/rule.ts";
import { recordEdits, type TextEdit, withoutOverlaps } from "../source/edit.ts";
import type { Entry, LintDocument } from "./document.ts";
import type { Problem } from "./problem.ts";

/** Fixes that make room for other fixes: after so many rounds, what is left is left. */
const mostRounds = 10;

/** The edits of one fix, by offsets into the file's text. */
export function editsOf(document: LintDocument, problem: Problem, fix: Fix): TextEdit[] {
  if (fix.rewrite) {
    const { text } = document;
    return trimmed(text, { start: 0, end: text.length, text: fix.rewrite(text) });
  }
  const index =
    problem.id === undefined
      ? Math.max(
          0,
          document.entries.findIndex(({ piece }) => piece.kind === "header"),
        )
      : document.rankOf(problem.id);
  const entry = document.entries[index];
  if (!entry) return [];
  const offset = document.entries.slice(0, index).reduce((sum, { piece }) => sum + piece.text.length, 0);
  if (fix.edits?.some(({ kind }) => kind === "remove-record")) return removal(document, index, offset);
  const { text, start, end } = entry.piece;
  const from = offset + start;
  const edits = recordEdits(text.slice(start, end), document.container, document.header, fix.edits ?? []);
  return edits.map((edit) => ({ start: from + edit.start, end: from + edit.end, text: edit.text }));
}

/** Without a record, and without what separated it from its neighbours. */
function removal(document: LintDocument, index: number, offset: number): TextEdit[] {
  const { entries, container } = document;
  const entry = entries[index]!;
  const { text, start, end } = entry.piece;
  const before = entries[index - 1]?.piece;
  const isLast = container === "array" ? !text.slice(end).includes(",") : !/\n$/.test(text);
  if (!isLast || !before) return [{ start: offset, end: offset + text.length, text: "" }];
  // The last takes along the comma or the line end before it, which nothing follows any more.
  const kept = before.text.slice(0, before.end);
  const from = offset - before.text.length + kept.length;
  if (before.kind !== "record" && before.kind !== "header") {
    return [{ start: offset + start, end: offset + end, text: "" }];
  }
  return [{ start: from, end: offset + end, text: "" }];
}

export interface FixChoice {
  /** Which problems: all that have a safe fix, or those of a rule. */
  of: "safe" | { rule: string };
}

/**
 * Fixes everything of a kind, round by round until nothing of it is left that can be fixed.
 *
 * @param isWanted leaves out problems that are suppressed
 * @returns edits of the text as it is, that do not overlap, and how many problems were fixed
 */
export function fixAll(
  document: LintDocument,
  { of }: FixChoice,
  isWanted: (document: LintDocument, problem: Problem) => boolean = () => true,
  others?: Parameters<LintDocument["problems"]>[0],
): { edits: TextEdit[]; fixed: number } {
  const copy = document.copy();
  const before = copy.entries.slice();
  copy.checkAll();
  let fixed = 0;
  for (let round = 0; round < mostRounds; round++) {
    const wanted = copy
      .problems(others)
      .filter((problem) => (of === "safe" || problem.rule.id === of.rule) && isWanted(copy, problem));
    const chosen: TextEdit[] = [];
    for (const problem of wanted) {
      const fix = copy.fixesOf(problem).find((each) => of !== "safe" || each.safe);
      if (!fix) continue;
      const edits = editsOf(copy, problem, fix);
      if (edits.length === 0) continue;
      if (!addFree(chosen, edits)) continue;
      fixed++;
      if (fix.rewrite) break;
    }
    if (chosen.length === 0) break;
    // From the end, so that offsets hold; of two at one place the first given comes first, as `applyEdits` has it.
    const inOrder = chosen.sort((a, b) => a.start - b.start || a.end - b.end);
    for (const edit of inOrder.reverse()) copy.edit(edit.start, edit.end, edit.text);
    copy.checkAll();
  }
  return { edits: difference(before, copy.entries), fixed };
}

/** Adds a fix's edits to those that are chosen; false, and nothing is added, where one of these is in the way. */
export function addFree(chosen: TextEdit[], edits: readonly TextEdit[]): boolean {
  const from = Math.min(...edits.map(({ start }) => start));
  const to = Math.max(...edits.map(({ end }) => end));
  const nearby = chosen.filter(({ start, end }) => end >= from && start <= to);
  if (withoutOverlaps([...nearby, ...edits]).length < nearby.length + edits.length) return false;
  chosen.push(...edits);
  return true;
}

/** From pieces as they were to those that are there now: pieces keep their ids as long as nobody touches them. */
function difference(before: readonly Entry[], after: readonly Entry[]): TextEdit[] {
  const kept = new Set(after.map(({ id }) => id));
  const edits: TextEdit[] = [];
  let offset = 0;
  let next = 0;
  let changed = { start: 0, text: "" };
  const close = (put: string) => {
    if (changed.text !== put) {
      const edit = { start: changed.start, end: changed.start + changed.text.length, text: put };
      edits.push(...trimmed(changed.text, edit, changed.start));
    }
  };
  const putUpTo = (id: number | undefined) => {
    let put = "";
    while (next < after.length && after[next]!.id !== id) put += after[next++]!.piece.text;
    return put;
  };
  for (const { id, piece } of before) {
    if (kept.has(id)) {
      close(putUpTo(id));
      next++;
      changed = { start: offset + piece.text.length, text: "" };
    } else {
      changed.text += piece.text;
    }
    offset += piece.text.length;
  }
  close(putUpTo(undefined));
  return edits;
}

/** An edit without what stays the same at its beginning and end; none where nothing changes. */
function trimmed(old: string, { text }: TextEdit, offset = 0): TextEdit[] {
  if (old === text) return [];
  let head = 0;
  while (head < Math.min(old.length, text.length) && old[head] === text[head]) head++;
  let tail = 0;
  const most = Math.min(old.length, text.length) - head;
  while (tail < most && old[old.length - 1 - tail] === text[text.length - 1 - tail]) tail++;
  return [
    { start: offset + head, end: offset + old.length - tail, text: text.slice(head, text.length - tail) },
  ];
}
