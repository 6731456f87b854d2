/** Files of the workspace by a pattern, without those of packages and of our own runs. */
import * as vscode from "vscode";

const exclude = "{**/node_modules/**,**/.tunesmith/**}";

export function workspaceFiles(pattern: string, limit: number): Thenable<vscode.Uri[]> {
  return vscode.workspace.findFiles(pattern, exclude, limit);
}
