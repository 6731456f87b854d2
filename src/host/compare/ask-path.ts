/** Where an export goes: a save dialog that starts in the workspace. */
import * as vscode from "vscode";
import { exporters } from "../../evaluate/exports/index.ts";
import { TunesmithError } from "../../protocol/errors.ts";

/** @throws `usage` when there is no such format */
export async function askExportPath(format: string, name: string): Promise<string | null> {
  const exporter = exporters.find(({ id }) => id === format);
  if (!exporter) throw new TunesmithError("usage", `there is no export called "${format}"`);
  const { title, extension } = exporter;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = `${name}-comparison.${extension}`;
  const chosen = await vscode.window.showSaveDialog({
    filters: { [title]: [extension] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, file) }),
  });
  return chosen?.fsPath ?? null;
}
