/** The monitor where it is shown: in the side bar below the tree, and as a run's page in an editor tab. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import * as vscode from "vscode";
import { isActive } from "../../runs/schema.ts";
import { panels } from "../contributions.ts";
import type { Host } from "../host.ts";
import type { RunStore } from "../runs/store.ts";
import { panelHtml, tabIcon, webviewFolder, webviewPort } from "../webview.ts";
import { act, readLog } from "./actions.ts";
import { MonitorPanel } from "./panel.ts";
import type { Selection } from "./selection.ts";

export async function showInSideBar(
  host: Host,
  selection: Selection,
  view: vscode.WebviewView,
): Promise<void> {
  const store = await host.runs();
  const { webview } = view;
  prepare(host, webview);
  const panel = monitorPanel(host, store, webview, () => selection.run ?? firstRun(store));
  const own = [
    selection.onChange((run) => panel.show(run)),
    view.onDidChangeVisibility(() => panel.setVisible(view.visible)),
    { dispose: () => panel.dispose() },
  ];
  view.onDidDispose(() => vscode.Disposable.from(...own).dispose());
  webview.html = panelHtml(webview, host.context.extensionUri, "monitor", vscode.l10n.t("Monitor"), {
    view: "side",
  });
}

/** One that is running, else the newest. */
function firstRun(store: RunStore): string | null {
  const run = store.runs.find(({ summary }) => isActive(summary)) ?? store.runs[0];
  return run?.summary.directory ?? null;
}

const pages = new Map<string, vscode.WebviewPanel>();

export async function showPage(host: Host, directory: string, restored?: vscode.WebviewPanel): Promise<void> {
  const open = pages.get(directory);
  if (open && !restored) {
    open.reveal();
    return;
  }
  const store = await host.runs();
  if (existsSync(directory) && !store.get(directory)) store.add(directory);
  const title = store.get(directory)?.info.name ?? basename(directory);
  const page = restored ?? vscode.window.createWebviewPanel(panels.run, title, vscode.ViewColumn.Active);
  pages.set(directory, page);
  page.iconPath = tabIcon(host.context.extensionUri);
  prepare(host, page.webview);
  const panel = monitorPanel(host, store, page.webview, () => directory);
  page.onDidChangeViewState(() => panel.setVisible(page.visible));
  page.onDidDispose(() => {
    panel.dispose();
    pages.delete(directory);
  });
  page.webview.html = panelHtml(page.webview, host.context.extensionUri, "monitor", title, {
    view: "page",
    run: directory,
  });
}

function prepare(host: Host, webview: vscode.Webview): void {
  webview.options = { enableScripts: true, localResourceRoots: [webviewFolder(host.context.extensionUri)] };
}

function monitorPanel(
  host: Host,
  store: RunStore,
  webview: vscode.Webview,
  shown: () => string | null,
): MonitorPanel {
  return new MonitorPanel(store, webviewPort(webview), {
    shown,
    act: (run, action) => act(host, run, action),
    log: readLog,
    onProblem: (problem) => host.log.warn(`monitor: ${problem}`),
  });
}
