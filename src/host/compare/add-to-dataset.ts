/**
 * A test row with a better answer goes into the training file, where a person was told what that means: through the editor
 * where the file is open, so that it can be undone there and unsaved work is kept, else on the disk.
 */
import { realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import * as vscode from "vscode";
import { appendRow } from "../../data/append.ts";
import { writeFileAtomic } from "../../files/atomic.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { asReadError } from "../../protocol/refusals.ts";
import type { Recipe } from "../../runs/recipe.ts";
import type { KnownRun } from "../runs/store.ts";
import type { DatasetRow } from "./panel.ts";

/** @throws `run-state`, `file-not-found`; `dataset-invalid` where the file's format cannot say the row */
export async function addToDataset(run: KnownRun | undefined, row: DatasetRow): Promise<boolean> {
  const recipe = run?.summary.recipe;
  if (!recipe) {
    const message = vscode.l10n.t("The run is gone, and with it the name of its dataset");
    throw new TunesmithError("run-state", message, vscode.l10n.t("Add the row by hand."));
  }
  const path = recipe.data.train;
  if (!(await isConfirmed(path, recipe, row))) return false;
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === "file" && uri.fsPath === path);
  const line = open ? await addInEditor(open, recipe, row) : await addOnDisk(path, recipe, row);
  await reveal(path, line);
  return true;
}

async function isConfirmed(path: string, { data }: Recipe, { id }: DatasetRow): Promise<boolean> {
  const add = vscode.l10n.t("Add All the Same");
  const question = vscode.l10n.t("“{0}” is a test row. Add it to {1}?", id, basename(path));
  const leak = vscode.l10n.t(
    "A model that learns it can no longer be tested on it: this comparison says nothing of such a model. Make a new one, with other test rows.",
  );
  const isHeldOut = vscode.l10n.t(
    "The recipe holds a share of this file out for testing, rows with the same question among them: this row will be too, unless the recipe names a test file.",
  );
  const detail = typeof data.test === "number" && data.test > 0 ? `${leak}\n\n${isHeldOut}` : leak;
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, add)) === add;
}

/** A file without unsaved changes is saved again; one with some is left for its author to save. */
async function addInEditor(document: vscode.TextDocument, recipe: Recipe, row: DatasetRow): Promise<number> {
  const wasSaved = !document.isDirty;
  const { inserted, line } = append(Buffer.from(document.getText()), recipe, row);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, document.positionAt(inserted.offset), inserted.text);
  if (!(await vscode.workspace.applyEdit(edit))) {
    const message = vscode.l10n.t("{0} could not be changed in the editor", basename(document.fileName));
    throw new TunesmithError("file-unwritable", message, vscode.l10n.t("Close it, and try again."));
  }
  if (wasSaved) await document.save();
  return line;
}

async function addOnDisk(path: string, recipe: Recipe, row: DatasetRow): Promise<number> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw asReadError(error, path);
  }
  const appended = append(bytes, recipe, row);
  // Where it points, not the link itself.
  await writeFileAtomic(realpathSync(path), appended.bytes);
  return appended.line;
}

function append(bytes: Buffer, { data }: Recipe, { messages, answer }: DatasetRow) {
  return appendRow(
    bytes,
    data.train,
    { messages, answer },
    {
      format: data.format === "auto" ? undefined : data.format,
      columns: data.columns ?? undefined,
      allowTestRow: true,
    },
  );
}

/** Not every file is one for the editor: some are too large. */
async function reveal(path: string, line: number): Promise<void> {
  const place = new vscode.Position(line - 1, 0);
  const options = { selection: new vscode.Range(place, place), viewColumn: vscode.ViewColumn.Beside };
  await vscode.window.showTextDocument(vscode.Uri.file(path), options).then(undefined, () => {});
}
