/** What buttons do to a run, from the tree, a panel, a notification or the command palette. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { RunAction } from "../../contracts/monitor.ts";
import { pauseRun, resumeRun, stopRun } from "../../jobs/control.ts";
import { spawnJob } from "../../jobs/spawn.ts";
import { newComparison } from "../../jobs/start.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { removeFolder } from "../../runs/durable.ts";
import { files } from "../../runs/layout.ts";
import { isActive } from "../../runs/schema.ts";
import { commands, settings } from "../contributions.ts";
import { requireTrust } from "../dialogs.ts";
import type { Host } from "../host.ts";
import type { KnownRun } from "../runs/store.ts";

type Act = (host: Host, run: KnownRun) => Promise<void> | void;

export const actions: Readonly<Record<RunAction, Act>> = {
  pause: (_, run) => pauseRun(run.summary.directory),
  resume: async (host, run) => {
    requireTrust();
    const { job } = await host.program();
    await resumeRun(run.summary.directory, job);
  },
  stop: async (host, run) => {
    requireTrust();
    const stop = vscode.l10n.t("Stop and Keep");
    const question = vscode.l10n.t("Stop “{0}” and keep what it has learned?", run.info.name);
    const detail = vscode.l10n.t("Its result is written from here. To go on later, pause it instead.");
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, stop)) !== stop) return;
    const { job } = await host.program();
    await stopRun(run.summary.directory, job);
  },
  compare: async (host, run) => {
    requireTrust();
    const { job } = await host.program();
    const directory = newComparison({ run: run.summary.directory, ...waysOfAsking(), test: null });
    const store = await host.runs();
    await spawnJob(directory, job);
    store.add(directory);
    await vscode.commands.executeCommand(commands.showComparison, directory);
  },
  showComparison: async (_, run) => {
    const directory =
      run.info.kind === "compare" ? run.summary.directory : run.comparisons[0]?.summary.directory;
    if (!directory) {
      const message = vscode.l10n.t("“{0}” has not been compared yet", run.info.name);
      throw new TunesmithError("run-state", message, vscode.l10n.t("Choose Compare on the run."));
    }
    await vscode.commands.executeCommand(commands.showComparison, directory);
  },
  openPage: async (_, run) => {
    await vscode.commands.executeCommand(commands.openRun, run.summary.directory);
  },
  openFolder: async (_, run) => {
    await vscode.commands.executeCommand("revealFileInOS", vscode.Uri.file(run.summary.directory));
  },
  openRecipe: async (_, run) => {
    await openFile(join(run.summary.directory, files.recipe));
  },
  openLog: async (_, run) => {
    await openFile(join(run.summary.directory, files.output));
  },
  delete: async (host, run) => {
    const { directory } = run.summary;
    if (isActive(run.summary)) {
      const message = vscode.l10n.t("“{0}” is running", run.info.name);
      throw new TunesmithError("run-state", message, vscode.l10n.t("Pause or stop it first."));
    }
    const remove = vscode.l10n.t("Delete");
    const question =
      run.info.kind === "compare"
        ? vscode.l10n.t("Delete this comparison?")
        : vscode.l10n.t("Delete “{0}” with its checkpoints, result and comparisons?", run.info.name);
    const detail = vscode.l10n.t("{0} is removed for good. The dataset and the recipe stay.", directory);
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) !== remove)
      return;
    removeFolder(directory);
    (await host.runs()).refresh(directory);
  },
};

/** What a comparison asks, by the settings. A wrong setting is as good as none: VS Code marks it where it stands. */
function waysOfAsking(): { shots: number[]; limit: number | null } {
  const configuration = vscode.workspace.getConfiguration();
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  const shots = configuration.get<unknown[]>(settings.comparisonShots, []);
  const rows = configuration.get(settings.comparisonRows);
  const wanted = Array.isArray(shots) ? shots.filter(isCount) : [];
  return {
    shots: wanted.length > 0 ? [...new Set(wanted)] : [0, 1, 5],
    limit: isCount(rows) && rows > 0 ? rows : null,
  };
}

/** Does what a button says, and looks at the run afterwards so that everything shows it at once. */
export async function act(host: Host, directory: string, action: RunAction): Promise<void> {
  const store = await host.runs();
  const run = store.get(directory) ?? store.add(directory);
  await actions[action](host, run);
  store.refresh(directory);
}

/** The end of what a job printed. */
export function readLog(directory: string, limit = 256 * 1024): { text: string; cut: boolean } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(directory, files.output));
  } catch {
    return { text: "", cut: false };
  }
  const cut = bytes.length > limit;
  return { text: bytes.subarray(cut ? bytes.length - limit : 0).toString("utf8"), cut };
}

async function openFile(path: string): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: true });
}
