/** One item in the status bar while something runs. */
import * as vscode from "vscode";
import { lossText } from "../../evaluate/figures.ts";
import { isActive } from "../../runs/schema.ts";
import { commands } from "../contributions.ts";
import type { Host } from "../host.ts";
import type { KnownRun, RunStore } from "../runs/store.ts";
import { describe } from "./tree.ts";

export class StatusBar implements vscode.Disposable {
  #item: vscode.StatusBarItem | undefined;

  constructor(host: Host) {
    host.onRuns((store) => {
      store.on("changed", () => this.#show(store));
      this.#show(store);
    });
  }

  dispose(): void {
    this.#item?.dispose();
  }

  #show(store: RunStore): void {
    const active = store.runs
      .flatMap((run) => [run, ...run.comparisons])
      .filter(({ summary }) => isActive(summary));
    const [first] = active;
    if (!first) {
      this.#item?.hide();
      return;
    }
    this.#item ??= vscode.window.createStatusBarItem("tunesmith.running", vscode.StatusBarAlignment.Left, 0);
    this.#item.name = "Tunesmith";
    this.#item.text = `$(loading~spin) ${active.length === 1 ? textOf(first) : vscode.l10n.t("{0} runs", active.length)}`;
    this.#item.tooltip = active.map(({ info }) => `${info.name}: ${describe(info)}`).join("\n");
    this.#item.command = {
      command: first.info.kind === "compare" ? commands.showComparison : commands.openRun,
      title: "",
      arguments: [first.summary.directory],
    };
    this.#item.show();
  }
}

function textOf({ info }: KnownRun): string {
  if (info.kind === "compare") return vscode.l10n.t("Comparing");
  if (info.totalSteps === null || info.step === 0) return vscode.l10n.t("Preparing");
  const share = Math.floor((100 * info.step) / info.totalSteps);
  return info.loss === null ? `${share} %` : `${share} % · ${vscode.l10n.t("loss {0}", lossText(info.loss))}`;
}
