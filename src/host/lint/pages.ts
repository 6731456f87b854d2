/** A dataset's pages where they are shown: a row as the model sees it, beside the editor, and the file's statistics. */
import { basename } from "node:path";
import * as vscode from "vscode";
import type { PreviewAction } from "../../contracts/dataset.ts";
import { commands, panels, settings } from "../contributions.ts";
import type { Host } from "../host.ts";
import { panelHtml, tabIcon, webviewFolder, webviewPort } from "../webview.ts";
import { chosenDocument } from "./actions.ts";
import type { Linter } from "./linter.ts";
import { PreviewPanel } from "./preview-panel.ts";
import { StatisticsPanel } from "./statistics-panel.ts";

/** There is one preview, of the file that it was called on last. */
let preview: { page: vscode.WebviewPanel; uri: string } | undefined;
const statistics = new Map<string, { page: vscode.WebviewPanel; panel: StatisticsPanel }>();

export async function showPreview(host: Host, linter: Linter, given: unknown): Promise<void> {
  const { uri } = await chosenDocument(given);
  if (preview?.uri === uri.toString()) {
    preview.page.reveal(undefined, true);
    return;
  }
  // One of another file is closed: its place is taken.
  const column = preview?.page.viewColumn ?? vscode.ViewColumn.Beside;
  preview?.page.dispose();
  const where = { viewColumn: column, preserveFocus: true };
  const page = vscode.window.createWebviewPanel(panels.preview, titleOf(uri), where, {
    enableFindWidget: true,
  });
  fillPreview(host, linter, page, uri);
}

/** A page that was there before the window was loaded again. */
export async function restorePreview(
  host: Host,
  linter: Linter,
  page: vscode.WebviewPanel,
  uri: vscode.Uri,
): Promise<void> {
  if (preview || !(await isThere(uri))) page.dispose();
  else fillPreview(host, linter, page, uri);
}

function fillPreview(host: Host, linter: Linter, page: vscode.WebviewPanel, uri: vscode.Uri): void {
  const key = uri.toString();
  const isOurs = (document: vscode.TextDocument) => document.uri.toString() === key;
  const editor = () => vscode.window.visibleTextEditors.find(({ document }) => isOurs(document));
  const panel = new PreviewPanel(
    webviewPort(page.webview),
    {
      uri: key,
      name: basename(uri.fsPath),
      async preview(line) {
        // The worker knows what is open.
        await vscode.workspace.openTextDocument(uri);
        return linter.request(uri, "preview", { line });
      },
      lineOf: async (row) => (await linter.request(uri, "row", { row })).line,
      modelTrouble: () => linter.reportOf(uri)?.model.trouble ?? null,
      async moveCursor(line) {
        const shown = editor();
        if (shown) select(shown, line);
      },
      act: (action, line) => act(uri, action, line),
      onProblem: (problem) => host.log.warn(`preview: ${problem}`),
    },
    editor()?.selection.active.line ?? 0,
  );
  const entry = { page, uri: key };
  preview = entry;
  own(
    page,
    panel,
    () => {
      if (preview === entry) preview = undefined;
    },
    [
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections: [first] }) => {
        if (first && isOurs(textEditor.document)) panel.follow(first.active.line);
      }),
      vscode.window.onDidChangeActiveTextEditor((active) => {
        if (active && isOurs(active.document)) panel.follow(active.selection.active.line);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && isOurs(document)) panel.changed();
      }),
      // Also when settings, the recipe or the model are others.
      linter.onReport((report) => {
        if (report.uri === key && report.pending === undefined) panel.changed();
      }),
    ],
  );
  show(host, page, "preview", uri, titleOf(uri));
}

async function act(uri: vscode.Uri, action: PreviewAction, line: number): Promise<void> {
  if (action === "showRow") await reveal(uri, line);
  else if (action === "showProblems") await vscode.commands.executeCommand("workbench.actions.view.problems");
  else await vscode.commands.executeCommand("workbench.action.openSettings", settings.lintModel);
}

export async function showStatistics(host: Host, linter: Linter, given: unknown): Promise<void> {
  const { uri } = await chosenDocument(given);
  openStatistics(host, linter, uri, false);
}

/** What a run would drop, cut and mask: the part of the statistics that it is. */
export async function showOutlook(host: Host, linter: Linter, given: unknown): Promise<void> {
  const { uri } = await chosenDocument(given);
  openStatistics(host, linter, uri, true);
}

export async function restoreStatistics(
  host: Host,
  linter: Linter,
  page: vscode.WebviewPanel,
  uri: vscode.Uri,
): Promise<void> {
  if (statistics.has(uri.toString()) || !(await isThere(uri))) page.dispose();
  else fillStatistics(host, linter, page, uri, false);
}

function openStatistics(host: Host, linter: Linter, uri: vscode.Uri, wantsOutlook: boolean): void {
  const open = statistics.get(uri.toString());
  if (open) {
    open.page.reveal();
    if (wantsOutlook) open.panel.showOutlook();
    return;
  }
  const title = vscode.l10n.t("Statistics: {0}", basename(uri.fsPath));
  const page = vscode.window.createWebviewPanel(panels.statistics, title, vscode.ViewColumn.Active, {
    enableFindWidget: true,
  });
  fillStatistics(host, linter, page, uri, wantsOutlook);
}

function fillStatistics(
  host: Host,
  linter: Linter,
  page: vscode.WebviewPanel,
  uri: vscode.Uri,
  wantsOutlook: boolean,
): void {
  const key = uri.toString();
  const around = {
    uri: key,
    name: basename(uri.fsPath),
    async statistics() {
      // The worker knows what is open.
      await vscode.workspace.openTextDocument(uri);
      const statistics = await linter.request(uri, "statistics", {});
      return { ...statistics, path: vscode.workspace.asRelativePath(uri) };
    },
    outlook: () => linter.request(uri, "outlook", { path: uri.fsPath }),
    report: () => linter.reportOf(uri),
    reveal: (line: number) => reveal(uri, line),
    async explain(rule: string) {
      await vscode.commands.executeCommand(commands.explainRule, rule);
    },
    onProblem: (problem: string) => host.log.warn(`statistics: ${problem}`),
  };
  const panel = new StatisticsPanel(webviewPort(page.webview), around, wantsOutlook);
  const entry = { page, panel };
  statistics.set(key, entry);
  own(
    page,
    panel,
    () => {
      if (statistics.get(key) === entry) statistics.delete(key);
    },
    [
      linter.onReport((report) => {
        if (report.uri === key) panel.reported();
      }),
    ],
  );
  show(host, page, "statistics", uri, vscode.l10n.t("Statistics: {0}", basename(uri.fsPath)));
}

/** What lives as long as a page does. */
function own(
  page: vscode.WebviewPanel,
  panel: { setVisible(visible: boolean): void; dispose(): void },
  closed: () => void,
  listeners: vscode.Disposable[],
): void {
  page.onDidChangeViewState(() => panel.setVisible(page.visible));
  page.onDidDispose(() => {
    panel.dispose();
    vscode.Disposable.from(...listeners).dispose();
    closed();
  });
}

function show(
  host: Host,
  page: vscode.WebviewPanel,
  name: "preview" | "statistics",
  uri: vscode.Uri,
  title: string,
): void {
  const { extensionUri } = host.context;
  page.iconPath = tabIcon(extensionUri);
  page.webview.options = { enableScripts: true, localResourceRoots: [webviewFolder(extensionUri)] };
  page.webview.html = panelHtml(page.webview, extensionUri, name, title, { uri: uri.toString() });
}

function titleOf(uri: vscode.Uri): string {
  return vscode.l10n.t("Preview: {0}", basename(uri.fsPath));
}

async function isThere(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.openTextDocument(uri);
    return true;
  } catch {
    return false;
  }
}

/** In the editor that shows the file already, or else beside the page: it should stay in sight. */
async function reveal(uri: vscode.Uri, line: number): Promise<void> {
  const open = vscode.window.visibleTextEditors.find(
    ({ document }) => document.uri.toString() === uri.toString(),
  );
  const viewColumn = open?.viewColumn ?? vscode.ViewColumn.Beside;
  select(await vscode.window.showTextDocument(uri, { viewColumn }), line);
}

function select(editor: vscode.TextEditor, line: number): void {
  const place = new vscode.Position(Math.min(line, editor.document.lineCount - 1), 0);
  editor.selection = new vscode.Selection(place, place);
  editor.revealRange(new vscode.Range(place, place), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
