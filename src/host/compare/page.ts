/** A comparison's page in an editor tab: one a comparison. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { files } from "../../runs/layout.ts";
import { panels } from "../contributions.ts";
import type { Host } from "../host.ts";
import { act } from "../monitor/actions.ts";
import { panelHtml, tabIcon, webviewFolder, webviewPort } from "../webview.ts";
import { addToDataset } from "./add-to-dataset.ts";
import { askExportPath } from "./ask-path.ts";
import { chat } from "./chat.ts";
import { JudgeThread } from "./judge-thread.ts";
import { ComparePanel } from "./panel.ts";

const pages = new Map<string, vscode.WebviewPanel>();

export async function showPage(host: Host, directory: string, restored?: vscode.WebviewPanel): Promise<void> {
  const open = pages.get(directory);
  if (open && !restored) return open.reveal();
  const store = await host.runs();
  if (existsSync(join(directory, files.job)) && !store.get(directory)) store.add(directory);
  const run = store.get(dirname(dirname(directory)));
  const title = vscode.l10n.t("Comparison: {0}", run?.info.name ?? basename(directory));
  const { extensionUri } = host.context;
  const page = restored ?? vscode.window.createWebviewPanel(panels.compare, title, vscode.ViewColumn.Active);
  pages.set(directory, page);
  page.iconPath = tabIcon(extensionUri);
  page.webview.options = { enableScripts: true, localResourceRoots: [webviewFolder(extensionUri)] };
  const judge = new JudgeThread(directory);
  const panel = new ComparePanel(directory, {
    store,
    judge,
    port: webviewPort(page.webview),
    around: {
      act: async (action, run) =>
        action === "showRun" ? act(host, run, "openPage") : act(host, directory, action),
      askPath: askExportPath,
      addToDataset: (run, row) => addToDataset(store.get(run), row),
      chat: (run, asked, options) => chat(host, run, asked, options),
      onProblem: (problem) => host.log.warn(`comparison: ${problem}`),
    },
  });
  page.onDidChangeViewState(() => panel.setVisible(page.visible));
  page.onDidDispose(() => {
    panel.dispose();
    judge.dispose();
    if (pages.get(directory) === page) pages.delete(directory);
  });
  page.webview.html = panelHtml(page.webview, extensionUri, "compare", title, { run: directory });
}
