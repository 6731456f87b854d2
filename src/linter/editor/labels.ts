/** The label under the cursor: where else it stands, and another name for it everywhere. */
import type { LintEdit, LintPosition, LintRange } from "../../contracts/lint.ts";
import type { Entry, LintDocument } from "../../data/lint/document.ts";
import { entryAt, offsetIn, positionIn } from "../../data/lint/positions.ts";
import type { Path } from "../../data/parts.ts";
import { recordEdits } from "../../data/source/edit.ts";
import { locate } from "../../data/source/locate.ts";
import type { OpenFile } from "../open-file.ts";

export function labelAt(
  { lint: { document } }: OpenFile,
  position: LintPosition,
): { label: string; range: LintRange; places: LintRange[] } | null {
  const found = find(document, position);
  if (!found) return null;
  const places = entriesWith(document, found.label).flatMap((entry) => {
    const at = answerPath(document, entry);
    return at ? [rangeOf(document, entry, at)] : [];
  });
  return { label: found.label, range: rangeOf(document, found.entry, found.at), places };
}

export function renamedLabel(
  { lint: { document } }: OpenFile,
  position: LintPosition,
  name: string,
): LintEdit[] {
  const found = find(document, position);
  if (!found) return [];
  return entriesWith(document, found.label).flatMap((entry) => {
    const at = answerPath(document, entry);
    if (!at) return [];
    const { text, start, end } = entry.piece;
    const edits = recordEdits(text.slice(start, end), document.container, document.header, [
      { kind: "replace", at, value: name },
    ]);
    return edits.map((edit) => ({
      range: { start: positionIn(entry, start + edit.start), end: positionIn(entry, start + edit.end) },
      text: edit.text,
    }));
  });
}

/** The short answer at a position. */
function find(
  document: LintDocument,
  position: LintPosition,
): { entry: Entry; at: Path; label: string } | undefined {
  const entry = entryAt(document, position);
  const label = entry?.digest?.label;
  if (!entry || !label) return undefined;
  const at = answerPath(document, entry);
  if (!at) return undefined;
  const { text, start, end } = entry.piece;
  const stretch = locate(text.slice(start, end), document.container, document.header, { at });
  const offset = offsetIn(entry, position) - start;
  return offset >= stretch.start && offset <= stretch.end ? { entry, at, label } : undefined;
}

function entriesWith(document: LintDocument, label: string): Entry[] {
  return document.entries.filter(({ digest }) => digest?.label === label);
}

function answerPath(document: LintDocument, entry: Entry): Path | undefined {
  const { texts } = document.view(entry).parts;
  return texts.findLast(({ side, rejected }) => side === "assistant" && !rejected)?.at;
}

function rangeOf(document: LintDocument, entry: Entry, at: Path): LintRange {
  document.lineOf(entry.id);
  const { text, start, end } = entry.piece;
  const written = text.slice(start, end);
  const stretch = locate(written, document.container, document.header, { at });
  // Without the quotes, so that what is typed anew is the label alone.
  const quoted = written[stretch.start] === '"' && stretch.end - stretch.start > 1 ? 1 : 0;
  return {
    start: positionIn(entry, start + stretch.start + quoted),
    end: positionIn(entry, start + stretch.end - quoted),
  };
}
