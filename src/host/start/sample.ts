/** The sample dataset: a copy of it in a folder of the user's, or in ours where none is open. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { asWriteError } from "../../protocol/refusals.ts";
import type { Host } from "../host.ts";

const name = "support";

export async function openSample(host: Host): Promise<void> {
  const folder = await chosenFolder(host);
  if (folder === undefined) return;
  const content = readFileSync(samplePath(host));
  const path = freePath(folder, content);
  try {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(path)) writeFileSync(path, content, { flag: "wx" });
  } catch (error) {
    throw asWriteError(error, path);
  }
  await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: false });
}

/** Whether a dataset is the sample, wherever it lies. */
export function isSample(host: Host, dataset: string): boolean {
  try {
    return readFileSync(samplePath(host)).equals(readFileSync(dataset));
  } catch {
    return false;
  }
}

function samplePath({ context }: Host): string {
  return join(context.extensionPath, "assets", "sample", `${name}.jsonl`);
}

async function chosenFolder({ context }: Host): Promise<string | undefined> {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  if (first?.uri.scheme !== "file") return join(context.globalStorageUri.fsPath, "sample");
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t("A folder for the sample dataset"),
      openLabel: vscode.l10n.t("Put It Here"),
      defaultUri: first.uri,
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return folder?.fsPath;
}

/** A name that nothing else has; the sample itself is not copied twice. */
function freePath(folder: string, content: Buffer): string {
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? `${name}.jsonl` : `${name}-${number}.jsonl`);
    if (!existsSync(path) || readFileSync(path).equals(content)) return path;
  }
}
