/** Which comparison a command means. */
import * as vscode from "vscode";
import { TunesmithError } from "../../protocol/errors.ts";
import { commands } from "../contributions.ts";
import type { Host } from "../host.ts";
import { type Node, stateInWords } from "../monitor/tree.ts";
import type { KnownRun } from "../runs/store.ts";

/**
 * @param given an item of the tree, or the directory of a comparison or of a run that has some; nothing asks the person
 * @throws `run-state` when the run has not been compared; `run-not-found`
 */
export async function chooseComparison(
  host: Host,
  given: Node | string | undefined,
): Promise<string | undefined> {
  const store = await host.runs();
  const directory = typeof given === "string" ? given : given && "run" in given && given.run.info.run;
  if (directory) {
    const known = store.get(directory) ?? store.add(directory);
    const found = known.info.kind === "compare" ? known : known.comparisons[0];
    if (found) return found.info.run;
    const message = vscode.l10n.t("“{0}” has not been compared yet", known.info.name);
    throw new TunesmithError("run-state", message, vscode.l10n.t("Choose Compare on the run."));
  }
  await vscode.commands.executeCommand(commands.refreshRuns);
  const items = store.runs.flatMap((run) => run.comparisons.map((comparison) => itemOf(run, comparison)));
  if (items.length === 0) {
    const message = vscode.l10n.t("No run of this workspace has been compared yet.");
    void vscode.window.showInformationMessage(message);
    return undefined;
  }
  const placeHolder = vscode.l10n.t("Which comparison?");
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.directory;
}

function itemOf(run: KnownRun, { info }: KnownRun) {
  return {
    label: run.info.name,
    description: `${new Date(info.created).toLocaleString()} · ${stateInWords(info)}`,
    directory: info.run,
  };
}
