/** A notification when a run ends or fails, and none before: progress is in the view and in the status bar. */
import * as vscode from "vscode";
import { lossText } from "../../evaluate/figures.ts";
import { commands, settings } from "../contributions.ts";
import type { Host } from "../host.ts";
import type { KnownRun, RunStore } from "../runs/store.ts";

export function announceEnds(host: Host): vscode.Disposable {
  host.onRuns((store) => store.on("ended", (run) => void announce(run, nameOf(store, run))));
  return { dispose() {} };
}

/** A comparison is called by the run it compares. */
function nameOf(store: RunStore, { summary, info }: KnownRun): string {
  return (summary.comparison && store.get(summary.comparison.run)?.info.name) || info.name;
}

async function announce(run: KnownRun, name: string): Promise<void> {
  if (!vscode.workspace.getConfiguration().get(settings.notifyOnEnd, true)) return;
  const { kind, state, bestValidationLoss, problem } = run.info;
  const show = vscode.l10n.t("Show");
  const compare = vscode.l10n.t("Compare");
  const resume = vscode.l10n.t("Resume");
  const { directory } = run.summary;
  const showCommand = kind === "compare" ? commands.showComparison : commands.openRun;
  const buttons: Record<string, string> = { [show]: showCommand };
  let chosen: string | undefined;
  if (state === "failed" || state === "interrupted") {
    buttons[resume] = commands.resumeRun;
    const why = [problem?.message, problem?.hint].filter(Boolean).join(" ");
    const message = vscode.l10n.t("“{0}” failed: {1}", name, why);
    chosen = await vscode.window.showErrorMessage(message, resume, show);
  } else if (state === "done" && kind === "compare") {
    chosen = await vscode.window.showInformationMessage(
      vscode.l10n.t("The comparison of “{0}” is finished.", name),
      show,
    );
  } else if (state === "done" || state === "stopped") {
    buttons[compare] = commands.compareRun;
    const loss =
      bestValidationLoss === null
        ? ""
        : ` ${vscode.l10n.t("Validation loss {0}.", lossText(bestValidationLoss))}`;
    const message = `${vscode.l10n.t("“{0}” is trained.", name)}${loss}`;
    chosen = await vscode.window.showInformationMessage(message, compare, show);
  }
  if (chosen && buttons[chosen]) await vscode.commands.executeCommand(buttons[chosen]!, directory);
}
