/** A dataset as it could be, shown as a diff beside how it is, and applied as one edit that can be undone. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { TunesmithError } from "../../protocol/errors.ts";
import { showText } from "./virtual-texts.ts";

export interface Proposal {
  document: vscode.TextDocument;
  /** Of the document that the proposal is made of. */
  version: number;
  /** What the document would hold. */
  text: string;
  edit: vscode.WorkspaceEdit;
  title: string;
  question: string;
}

/** Applies of proposals whose diffs are open, for the button on the diff's title: a notification does not stay. */
const open = new Map<string, () => Promise<void>>();

/** @throws `usage` where the document is another one by the time that the proposal is taken */
export async function propose({ document, version, text, edit, title, question }: Proposal): Promise<void> {
  const name = basename(document.uri.fsPath);
  // Both sides are copies: what the diff wraps would be wrapped in the document's own editor, too.
  const before = showText(name, document.getText());
  const shown = showText(name, text);
  const key = shown.toString();
  let isApplied = false;
  const apply = async () => {
    if (isApplied) return;
    if (document.version !== version) {
      throw new TunesmithError(
        "usage",
        vscode.l10n.t("the file has changed since the preview was made"),
        vscode.l10n.t("Make it anew."),
      );
    }
    isApplied = true;
    open.delete(key);
    await vscode.workspace.applyEdit(edit);
    await closeDiff(shown);
    await vscode.window.showTextDocument(document);
  };
  open.set(key, apply);
  await vscode.commands.executeCommand("vscode.diff", before, shown, title);
  await wrapLines();
  const button = vscode.l10n.t("Apply");
  if ((await vscode.window.showInformationMessage(question, button)) === button) await apply();
}

/** The button of the diff that is in the editor. */
export async function applyProposal(given: unknown): Promise<void> {
  const shown = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  await open.get(shown?.toString() ?? "")?.();
}

/** Rows are long lines: what is different in one would mostly be out of sight. */
async function wrapLines(): Promise<void> {
  const wraps = vscode.workspace.getConfiguration("diffEditor").get<string>("wordWrap");
  const follows = vscode.workspace.getConfiguration("editor").get<string>("wordWrap");
  if (wraps === "on" || (wraps === "inherit" && follows !== "off")) return;
  await vscode.commands.executeCommand("editor.action.toggleWordWrap");
}

async function closeDiff(shown: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const tab = tabs.find(
    ({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === shown.toString(),
  );
  if (tab) await vscode.window.tabGroups.close(tab);
}
