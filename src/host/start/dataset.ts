/** Which file a command means: the one it was called on, the one in the editor, or one that is asked for. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { TunesmithError } from "../../protocol/errors.ts";
import { commands, datasetExtensions, recipeSuffix } from "../contributions.ts";
import { workspaceFiles } from "../workspace-files.ts";

/** A dataset or a recipe on disk, as it is in the editor. Undefined when it was cancelled. */
export async function chosenFile(given: unknown): Promise<string | undefined> {
  const uri = given instanceof vscode.Uri ? given : (editedFile() ?? (await askForFile()));
  if (!uri) return undefined;
  if (uri.scheme !== "file") {
    throw new TunesmithError(
      "file-not-found",
      vscode.l10n.t("{0} is not a file on this machine's disk", uri.path),
      vscode.l10n.t("Save it into a folder first."),
    );
  }
  return (await savedAsShown(uri)) ? uri.fsPath : undefined;
}

function editedFile(): vscode.Uri | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri && isOurs(uri.path) ? uri : undefined;
}

function isOurs(path: string): boolean {
  if (path.endsWith(recipeSuffix)) return true;
  // Most .json and .txt files are no datasets: those are meant only when the command is called on them.
  const sure = datasetExtensions.filter((extension) => ![".json", ".txt"].includes(extension));
  return sure.some((extension) => path.toLowerCase().endsWith(extension));
}

async function askForFile(): Promise<vscode.Uri | undefined> {
  const found = await workspaceFiles("**/*.{jsonl,ndjson,csv,tsv}", 200);
  const browse = { label: vscode.l10n.t("Browse…"), uri: undefined };
  const sample = { label: vscode.l10n.t("The sample dataset"), uri: undefined };
  const files = found
    .map((uri) => ({
      label: basename(uri.fsPath),
      description: vscode.workspace.asRelativePath(uri),
      uri,
    }))
    .sort((a, b) => a.description.localeCompare(b.description));
  const separator = { label: "", kind: vscode.QuickPickItemKind.Separator, uri: undefined };
  const picked = await vscode.window.showQuickPick([...files, separator, browse, sample], {
    title: vscode.l10n.t("Fine-tune"),
    placeHolder: vscode.l10n.t("On which dataset?"),
    matchOnDescription: true,
  });
  if (picked === sample) await vscode.commands.executeCommand(commands.openSample);
  if (picked !== browse) return picked?.uri;
  const extensions = datasetExtensions.map((extension) => extension.slice(1));
  const [uri] =
    (await vscode.window.showOpenDialog({ filters: { [vscode.l10n.t("Datasets")]: extensions } })) ?? [];
  return uri;
}

/** Offers to save what is in the editor; a run reads what is on disk. */
async function savedAsShown(uri: vscode.Uri): Promise<boolean> {
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
  if (!document?.isDirty) return true;
  const save = vscode.l10n.t("Save and Fine-tune");
  const asSaved = vscode.l10n.t("Use as Last Saved");
  const question = vscode.l10n.t("“{0}” has changes that are not saved.", basename(uri.fsPath));
  const chosen = await vscode.window.showWarningMessage(question, { modal: true }, save, asSaved);
  if (chosen === save) return document.save();
  return chosen === asSaved;
}
