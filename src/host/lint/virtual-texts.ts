/** Texts that are shown and not on the disk: what a file would be. */
import * as vscode from "vscode";

const scheme = "tunesmith-preview";
/** The latest few: an editor that is opened again later finds its text no more, and says so. */
const mostKept = 8;

const texts = new Map<string, string>();
let isRegistered = false;
let last = 0;

/** @param name shown on the editor's tab; its ending decides how the text is coloured */
export function showText(name: string, text: string): vscode.Uri {
  if (!isRegistered) {
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: (uri) =>
        texts.get(uri.query) ?? vscode.l10n.t("This preview is over; make it anew."),
    });
    isRegistered = true;
  }
  const key = String(++last);
  texts.set(key, text);
  const [oldest] = texts.keys();
  if (texts.size > mostKept && oldest !== undefined) texts.delete(oldest);
  return vscode.Uri.from({ scheme, path: `/${name}`, query: key });
}
