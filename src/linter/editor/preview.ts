/** One row as the model is trained on it, for the preview page. */
import type { LintPreview } from "../../contracts/lint.ts";
import { FieldError } from "../../data/formats/format.ts";
import type { Entry } from "../../data/lint/document.ts";
import { recordNear } from "../../data/lint/positions.ts";
import { previewRow } from "../../data/lint/preview.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import type { OpenFile } from "../open-file.ts";

/** @throws `dataset-empty` where the file holds no row */
export async function previewOf(file: OpenFile, line: number): Promise<LintPreview> {
  const { document, project } = file.lint;
  const records = document.entries.filter(({ piece }) => piece.kind === "record");
  const entry = recordNear(document, line) ?? records.at(-1);
  if (!entry) throw new TunesmithError("dataset-empty", `${document.name} holds no rows`, "Add one.");
  const about = {
    uri: file.uri,
    row: records.indexOf(entry) + 1,
    rows: records.length,
    line: document.lineOf(entry.id),
    model: project.model,
    maxLength: project.maxLength,
  };
  const nothing = { tokens: [], trained: 0, truncated: 0, notes: [] };
  const trouble = unreadable(file, entry);
  if (trouble !== undefined) return { ...about, ...nothing, trouble };
  const linter = await file.tokens.linter();
  if (!linter)
    return { ...about, ...nothing, trouble: file.tokens.model.trouble ?? "the model cannot be read" };
  const [view] = await linter.views([file.tokens.rowOf(entry)!]);
  const { tokens, trained, truncated, notes, status } = previewRow(view!);
  return {
    ...about,
    tokens: tokens.map((token) => ({
      id: token.id,
      text: token.text === "" && token.added ? token.name : token.text,
      trained: token.trained,
      cut: token.cut,
      template: token.from === undefined,
    })),
    trained,
    truncated,
    notes: status === "refused" ? [] : [...notes],
    ...(status === "refused" && { trouble: notes.join(" ") }),
  };
}

/** Why nothing can be learned from a record. */
function unreadable(file: OpenFile, entry: Entry): string | undefined {
  const view = file.lint.document.view(entry);
  if (view.row instanceof FieldError) return view.row.message;
  if (view.row) return undefined;
  if (view.fault) return `the record is not valid JSON: ${view.fault.message}`;
  return "the record is in no known format";
}
