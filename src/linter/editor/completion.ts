/** What may be typed at a place of a record: keys and roles from the format's schema, labels from the other rows. */
import { getLocation, type Location } from "jsonc-parser";
import type { LintCompletion, LintPosition } from "../../contracts/lint.ts";
import type { Entry, LintDocument } from "../../data/lint/document.ts";
import { entryAt, offsetIn, positionIn } from "../../data/lint/positions.ts";
import type { Path } from "../../data/parts.ts";
import { type SchemaNode, schemaAt } from "../../data/schemas/index.ts";
import { cellsOf, writtenCell } from "../../data/source/table.ts";
import type { OpenFile } from "../open-file.ts";

/** Answers of so many kinds at most are offered as labels. */
const mostLabels = 200;

export function completionsAt({ lint: { document } }: OpenFile, position: LintPosition): LintCompletion[] {
  const entry = entryAt(document, position);
  if (entry?.piece.kind !== "record" || !document.format) return [];
  const offset = offsetIn(entry, position) - entry.piece.start;
  if (document.container === "table") return cellCompletions(document, entry, offset);
  if (document.container === "documents") return [];
  const source = entry.piece.text.slice(entry.piece.start, entry.piece.end);
  const location = getLocation(source, offset);
  const rangeOf = (start: number, end: number) => ({
    start: positionIn(entry, entry.piece.start + start),
    end: positionIn(entry, entry.piece.start + end),
  });
  const node = location.previousNode;
  const range = node ? rangeOf(node.offset, node.offset + node.length) : rangeOf(offset, offset);
  if (location.isAtPropertyKey) return keys(document, source, location, range);
  return values(document, location.path).map(({ value, documentation, detail }) => ({
    label: String(value),
    kind: "value",
    detail,
    documentation,
    range,
    text: JSON.stringify(value),
  }));
}

function keys(
  document: LintDocument,
  source: string,
  { path, previousNode }: Location,
  range: LintCompletion["range"],
): LintCompletion[] {
  const parent = schemaAt(document.format!, path.slice(0, -1));
  const end = previousNode ? previousNode.offset + previousNode.length : 0;
  const hasColon = previousNode !== undefined && /^\s*:/.test(source.slice(end));
  const present = new Set(presentKeys(source, path.slice(0, -1)));
  return Object.entries(parent?.properties ?? {})
    .filter(([key]) => !present.has(key) || key === path.at(-1))
    .map(([key, schema]) => ({
      label: key,
      kind: "key",
      detail: parent?.required?.includes(key) ? `${typeInWords(schema)}, required` : typeInWords(schema),
      documentation: schema.description ?? "",
      range,
      text: JSON.stringify(key) + (hasColon ? "" : ": "),
    }));
}

function values(
  document: LintDocument,
  path: Path,
): { value: unknown; documentation: string; detail: string }[] {
  const schema = schemaAt(document.format!, path);
  const allowed = (schema?.enum ?? []).map((value) => ({
    value,
    documentation: schema?.description ?? "",
    detail: "",
  }));
  if (allowed.length > 0) return allowed;
  const isAnswer = labelPath(document)?.join("\0") === path.join("\0");
  return isAnswer
    ? labelsOf(document).map(([label, rows]) => ({
        value: label,
        documentation: "",
        detail: rows === 1 ? "1 row" : `${rows} rows`,
      }))
    : [];
}

/** Where the first row with a label has it: the same place as in all others, for data whose answers are labels. */
function labelPath(document: LintDocument): Path | undefined {
  const entry = document.entries.find(({ digest }) => digest?.label !== undefined);
  if (!entry) return undefined;
  const { texts } = document.view(entry).parts;
  return texts.findLast(({ side, rejected }) => side === "assistant" && !rejected)?.at;
}

/** Labels with the number of their rows, the most frequent first; none where answers are not labels. */
export function labelsOf(document: LintDocument): [label: string, rows: number][] {
  const counts = new Map<string, number>();
  let rows = 0;
  for (const { digest } of document.entries) {
    if (!digest || digest.prompt === 0) continue;
    rows++;
    if (digest.label === undefined) continue;
    counts.set(digest.label, (counts.get(digest.label) ?? 0) + 1);
  }
  const areLabels = counts.size > 0 && counts.size * 3 <= rows && counts.size <= mostLabels;
  return areLabels ? [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])) : [];
}

function cellCompletions(document: LintDocument, entry: Entry, offset: number): LintCompletion[] {
  const { header } = document;
  const at = labelPath(document)?.[0];
  if (!header || at === undefined) return [];
  const source = entry.piece.text.slice(entry.piece.start, entry.piece.end);
  const cell = cellsOf(source, header.delimiter)[header.names.indexOf(String(at))];
  if (!cell || offset < cell.start || offset > cell.end) return [];
  return labelsOf(document).map(([label, rows]) => ({
    label,
    kind: "value",
    detail: rows === 1 ? "1 row" : `${rows} rows`,
    documentation: "",
    range: {
      start: positionIn(entry, entry.piece.start + cell.start),
      end: positionIn(entry, entry.piece.start + cell.end),
    },
    text: writtenCell(label, header.delimiter, source[cell.start] === '"'),
  }));
}

/** The names of the members of the object at a path, in a text that may be half written. */
function presentKeys(source: string, path: Path): string[] {
  try {
    const value = path.reduce<unknown>(
      (at, step) => (at as Record<string | number, unknown>)?.[step],
      JSON.parse(source),
    );
    return typeof value === "object" && value !== null ? Object.keys(value) : [];
  } catch {
    return [];
  }
}

export function typeInWords({ type, enum: allowed }: SchemaNode): string {
  if (allowed) return allowed.map((value) => JSON.stringify(value)).join(" | ");
  return typeof type === "string" ? type : (type ?? []).join(" | ");
}
