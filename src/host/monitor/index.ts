/** The monitor: the tree of runs, the view below it, a run's page, the status bar item, notifications, a hint. */
import { dirname } from "node:path";
import * as vscode from "vscode";
import type { RunAction, RunInfo } from "../../contracts/monitor.ts";
import { isActive } from "../../runs/schema.ts";
import { type Command, commands, contexts, panels, views } from "../contributions.ts";
import { command, showError } from "../dialogs.ts";
import type { Feature, Host } from "../host.ts";
import type { RunStore } from "../runs/store.ts";
import { runOfState } from "../webview.ts";
import { announceEnds } from "./notifications.ts";
import { Selection } from "./selection.ts";
import { hintAtSleep } from "./sleep-hint.ts";
import { StatusBar } from "./status-bar.ts";
import { type Node, RunTree, stateInWords } from "./tree.ts";

type Fits = (info: RunInfo) => boolean;
const any: Fits = () => true;
const finished: Fits = ({ state }) => state === "done" || state === "stopped";

/** What each command does to a run, and which runs it is offered for. */
const commandActions: readonly [command: Command, action: RunAction, fits: Fits][] = [
  [commands.pauseRun, "pause", isActive],
  [commands.resumeRun, "resume", (info) => !isActive(info) && !finished(info) && info.state !== "unreadable"],
  [commands.stopRun, "stop", (info) => !finished(info) && info.state !== "unreadable"],
  [commands.compareRun, "compare", finished],
  [commands.openRunFolder, "openFolder", any],
  [commands.openRecipe, "openRecipe", any],
  [commands.openRunLog, "openLog", any],
  [commands.deleteRun, "delete", (info) => !isActive(info)],
];

export const monitor: Feature = (host) => {
  const selection = new Selection();
  const own: vscode.Disposable[] = [
    registerTree(host, selection),
    vscode.window.registerWebviewViewProvider(views.monitor, {
      resolveWebviewView: async (view) => {
        try {
          // The tree has looked for runs: this view is there only when it has found some.
          await (await import("./views.ts")).showInSideBar(host, selection, view);
        } catch (error) {
          showError(host, error);
        }
      },
    }),
    vscode.window.registerWebviewPanelSerializer(panels.run, {
      deserializeWebviewPanel: async (page, state: unknown) => {
        const run = runOfState(state);
        if (run === undefined) page.dispose();
        else await (await import("./views.ts")).showPage(host, run, page);
      },
    }),
    command(host, commands.openRun, async (given?: Node | string) => {
      const directory = await chosenRun(host, selection, given);
      if (directory) await (await import("./views.ts")).showPage(host, directory);
    }),
    command(host, commands.refreshRuns, () => discover(host)),
    command(host, commands.showLog, () => host.log.show()),
    ...commandActions.map(([id, action, fits]) =>
      command(host, id, async (given?: Node | string) => {
        const directory = await chosenRun(host, selection, given, fits);
        if (directory) await (await import("./actions.ts")).act(host, directory, action);
      }),
    ),
    new StatusBar(host),
    announceEnds(host),
    hintAtSleep(host),
  ];
  return vscode.Disposable.from(...own);
};

function registerTree(host: Host, selection: Selection): vscode.Disposable {
  const treeDataProvider = new LazyTree(async () => {
    const store = await host.runs();
    await discover(host);
    watchEmptiness(store);
    return new RunTree(store);
  });
  const tree = vscode.window.createTreeView(views.runs, { treeDataProvider, showCollapseAll: true });
  return vscode.Disposable.from(
    tree,
    tree.onDidChangeSelection(({ selection: [node] }) => {
      if (node && "run" in node && node.run.info.kind === "tune") selection.set(node.run.summary.directory);
    }),
    tree.onDidChangeVisibility(({ visible }) => {
      if (visible) void host.runs().then((store) => store.refresh());
    }),
  );
}

/** Asks for the runs only when the tree is shown. */
class LazyTree implements vscode.TreeDataProvider<Node> {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #make: () => Promise<RunTree>;
  #tree: Promise<RunTree> | undefined;

  constructor(make: () => Promise<RunTree>) {
    this.#make = make;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    this.#tree ??= this.#make().then((tree) => {
      tree.onDidChangeTreeData(() => this.#changed.fire(undefined));
      return tree;
    });
    return (await this.#tree).getChildren(node);
  }

  async getTreeItem(node: Node): Promise<vscode.TreeItem> {
    return (await this.#tree!).getTreeItem(node);
  }

  async getParent(node: Node): Promise<Node | undefined> {
    return (await this.#tree!).getParent(node);
  }
}

function watchEmptiness(store: RunStore): void {
  const tell = () =>
    void vscode.commands.executeCommand("setContext", contexts.hasRuns, store.runs.length > 0);
  store.on("changed", tell);
  tell();
}

/** Finds folders of runs in the workspace, whoever made them. */
async function discover(host: Host): Promise<void> {
  const store = await host.runs();
  const found = await vscode.workspace.findFiles("**/.tunesmith/runs/*/job.json", "**/node_modules/**", 1000);
  for (const folder of new Set(found.map(({ fsPath }) => dirname(dirname(fsPath)))))
    await host.addRunsFolder(folder);
  store.refresh();
}

/** The run a command means: of the tree's item, by its directory, the only one it fits, or one that is picked. */
async function chosenRun(
  host: Host,
  selection: Selection,
  given: Node | string | undefined,
  fits: Fits = any,
): Promise<string | undefined> {
  if (typeof given === "string") return given;
  if (given && "run" in given) return given.run.summary.directory;
  const store = await host.runs();
  await discover(host);
  const fitting = store.runs.filter(({ info }) => fits(info));
  if (fitting.length <= 1) {
    const none =
      store.runs.length === 0
        ? vscode.l10n.t("There are no runs in this workspace yet.")
        : vscode.l10n.t("No run of this workspace is in a state for that.");
    if (fitting.length === 0) void vscode.window.showInformationMessage(none);
    return fitting[0]?.summary.directory;
  }
  const items = fitting.map(({ info }) => ({
    label: info.name,
    description: `${stateInWords(info)} · ${new Date(info.created).toLocaleString()}`,
    detail: info.run,
    picked: info.run === selection.run,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t("Which run?") });
  return picked?.detail;
}
