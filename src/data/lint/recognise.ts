/** Whether a file that nobody has called a dataset is one: a stray log or a configuration must be left alone. */
import type { LintDocument } from "./document.ts";

const looked = 50;
const enough = 0.8;
/** Below this a format takes nearly any record, in thousandths. */
const looksLikeIt = 500;

export function looksLikeDataset(document: LintDocument): boolean {
  // Any text is plain text.
  if (document.container === "documents") return false;
  let records = 0;
  let fitting = 0;
  for (const entry of document.entries) {
    if (entry.piece.kind !== "record") continue;
    document.view(entry);
    records++;
    if (entry.scores && Math.max(...entry.scores) >= looksLikeIt) fitting++;
    if (records === looked) break;
  }
  return fitting > 0 && fitting >= records * enough;
}
