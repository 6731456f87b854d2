/** The Hugging Face account's token: in VS Code's secret storage, handed to the session process, never to a file or log. */
import * as vscode from "vscode";
import type { Host } from "../host.ts";

const key = "huggingFaceToken";

export async function huggingFaceToken({ context }: Host): Promise<string | null> {
  return (await context.secrets.get(key)) ?? null;
}

export async function setToken({ context }: Host): Promise<void> {
  const token = await vscode.window.showInputBox({
    title: vscode.l10n.t("Hugging Face token"),
    prompt: vscode.l10n.t(
      "For models that ask for an account. A token that may read is enough: huggingface.co/settings/tokens",
    ),
    placeHolder: "hf_…",
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^\s*$|^\s*hf_\w{10,}\s*$/.test(value) ? undefined : vscode.l10n.t("A token begins with hf_"),
  });
  if (!token?.trim()) return;
  await context.secrets.store(key, token.trim());
  void vscode.window.showInformationMessage(vscode.l10n.t("The token is kept in VS Code's secret storage."));
}

export async function clearToken({ context }: Host): Promise<void> {
  await context.secrets.delete(key);
  void vscode.window.showInformationMessage(vscode.l10n.t("The token is forgotten."));
}
