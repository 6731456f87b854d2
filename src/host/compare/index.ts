/** The compare page in an editor tab: one a comparison, restored when the window is loaded again. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { files } from "../../runs/layout.ts";
import { commands, panels } from "../contributions.ts";
import { command } from "../dialogs.ts";
import type { Feature, Host } from "../host.ts";
import { act } from "../monitor/actions.ts";
import { webviewPort } from "../monitor/index.ts";
import type { Node } from "../monitor/tree.ts";
import { panelHtml, tabIcon, webviewFolder } from "../webview.ts";
import { addToDataset } from "./add-to-dataset.ts";
import { askExportPath } from "./ask-path.ts";
import { chat } from "./chat.ts";
import { chooseComparison } from "./choose.ts";
import { JudgeThread } from "./judge-thread.ts";
import { ComparePanel } from "./panel.ts";

export const compare: Feature = (host) => {
  const pages = new Map<string, vscode.WebviewPanel>();
  return vscode.Disposable.from(
    command(host, commands.showComparison, async (given?: Node | string) => {
      const directory = await chooseComparison(host, given);
      if (directory) await show(host, pages, directory);
    }),
    vscode.window.registerWebviewPanelSerializer(panels.compare, {
      deserializeWebviewPanel: async (page, state: unknown) => {
        const run = typeof state === "object" && state !== null && "run" in state ? String(state.run) : "";
        if (run === "") page.dispose();
        else await show(host, pages, run, page);
      },
    }),
  );
};

async function show(
  host: Host,
  pages: Map<string, vscode.WebviewPanel>,
  directory: string,
  restored?: vscode.WebviewPanel,
): Promise<void> {
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
