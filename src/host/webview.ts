/** The HTML around a panel's script: strict content policy, translations, and nothing a dataset or a model says. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { Port } from "../protocol/channel.ts";

/**
 * @param panel names dist/webview/<panel>.js and .css
 * @param data further attributes of the body, as `data-…`
 */
export function panelHtml(
  webview: vscode.Webview,
  extension: vscode.Uri,
  panel: "monitor" | "compare" | "preview" | "statistics",
  title: string,
  data: Readonly<Record<string, string>> = {},
): string {
  const folder = webviewFolder(extension);
  const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${webview.cspSource}`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join("; ");
  const attributes = Object.entries({ ...data, strings: JSON.stringify(vscode.l10n.bundle ?? {}) })
    .map(([name, value]) => ` data-${name}="${escapeHtml(value)}"`)
    .join("");
  return `<!DOCTYPE html>
<html lang="${escapeHtml(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${escapeHtml(uri("codicon.css"))}" id="vscode-codicon-stylesheet" nonce="${nonce}">
<link rel="stylesheet" href="${escapeHtml(uri(`${panel}.css`))}">
</head>
<body${attributes}>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${escapeHtml(uri(`${panel}.js`))}"></script>
</body>
</html>`;
}

export function webviewPort(webview: vscode.Webview): Port {
  return {
    post: (message) => void webview.postMessage(message),
    listen: (receive) => webview.onDidReceiveMessage(receive),
  };
}

/** The directory that a page has kept for when it is restored. */
export function runOfState(state: unknown): string | undefined {
  return keptIn(state, "run");
}

/** The file that a page has kept for when it is restored. */
export function fileOfState(state: unknown): vscode.Uri | undefined {
  const uri = keptIn(state, "uri");
  return uri === undefined ? undefined : vscode.Uri.parse(uri);
}

function keptIn(state: unknown, name: string): string | undefined {
  if (typeof state !== "object" || state === null) return undefined;
  const value = (state as Record<string, unknown>)[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The icon of a page's tab. */
export function tabIcon(extension: vscode.Uri): { light: vscode.Uri; dark: vscode.Uri } {
  const uri = (theme: string) => vscode.Uri.joinPath(extension, "media", `tunesmith-${theme}.svg`);
  return { light: uri("light"), dark: uri("dark") };
}

/** The only place a panel may load from. */
export function webviewFolder(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, "dist", "webview");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
