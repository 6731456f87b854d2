/** What a key means, and what the model makes of a row. */
import { getLocation } from "jsonc-parser";
import type { LintPosition, LintRange } from "../../contracts/lint.ts";
import type { Entry, LintDocument } from "../../data/lint/document.ts";
import { entryAt, offsetIn, positionIn, recordRange } from "../../data/lint/positions.ts";
import { schemaAt } from "../../data/schemas/index.ts";
import type { OpenFile } from "../open-file.ts";
import { typeInWords } from "./completion.ts";

export async function hoverAt(
  file: OpenFile,
  position: LintPosition,
): Promise<{ markdown: string; range: LintRange } | null> {
  const { document } = file.lint;
  const entry = file.isDataset ? entryAt(document, position) : undefined;
  if (entry?.piece.kind !== "record") return null;
  const key = keyAt(document, entry, offsetIn(entry, position) - entry.piece.start);
  if (key) return key;
  const markdown = await file.tokens.hover(entry);
  return markdown === undefined ? null : { markdown, range: recordRange(document, entry) };
}

function keyAt(
  document: LintDocument,
  entry: Entry,
  offset: number,
): { markdown: string; range: LintRange } | undefined {
  if (!document.format || (document.container !== "lines" && document.container !== "array"))
    return undefined;
  const { text, start, end } = entry.piece;
  const { path, isAtPropertyKey, previousNode } = getLocation(text.slice(start, end), offset);
  if (!isAtPropertyKey || !previousNode) return undefined;
  const schema = schemaAt(document.format, path);
  if (!schema?.description) return undefined;
  return {
    markdown: `**${String(path.at(-1))}** \`${typeInWords(schema) || "any"}\`\n\n${schema.description}`,
    range: {
      start: positionIn(entry, start + previousNode.offset),
      end: positionIn(entry, start + previousNode.offset + previousNode.length),
    },
  };
}
