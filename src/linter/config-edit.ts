/** Writes into a `tunesmith.lint.json`, keeping everything else in it as it is. */
import { applyEdits, modify, parse } from "jsonc-parser";
import type { ColumnMapping } from "../data/formats/columns.ts";

/**
 * The configuration with a dataset's columns settled.
 *
 * @param text the file as it is; undefined where there is none
 * @param name the dataset, relative to the configuration, with slashes
 */
export function withColumns(text: string | undefined, name: string, columns: ColumnMapping): string {
  const before = text?.trim() ? text : "{}\n";
  const datasets: unknown = (parse(before) as { datasets?: unknown }).datasets;
  const known = Array.isArray(datasets) ? datasets : [];
  const at = known.findIndex((entry) => isFor(entry, name));
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: before.includes("\r\n") ? "\r\n" : "\n" };
  const edits =
    at >= 0
      ? modify(before, ["datasets", at, "columns"], columns, { formattingOptions })
      : modify(before, ["datasets", known.length], { files: name, columns }, { formattingOptions });
  return applyEdits(before, edits);
}

/** Whether an entry names this file, and by its name alone. */
function isFor(entry: unknown, name: string): boolean {
  if (typeof entry !== "object" || entry === null) return false;
  const { train, validation, test, files } = entry as Record<string, unknown>;
  return [train, validation, test, files].flat().includes(name);
}
