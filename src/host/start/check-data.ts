/** Looks at a recipe's training file as the run will, and asks where something of it would not be learned. */
import { basename } from "node:path";
import * as vscode from "vscode";
import type { LintOutlook } from "../../contracts/lint.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { readRecipe } from "../../runs/recipe.ts";
import { settings } from "../contributions.ts";
import type { Host } from "../host.ts";
import type { Linter } from "../lint/linter.ts";
import { type DataQuestion, mayStart } from "./data-question.ts";

/** Nothing is shown of a look that is over sooner. */
const quietMs = 700;

/** @returns whether to start the run. @throws whatever is wrong with the recipe */
export async function dataMayBeTrained(host: Host, recipe: string): Promise<boolean> {
  const { train } = readRecipe(recipe).data;
  const isOn = vscode.workspace.getConfiguration().get(settings.lint, true);
  if (!isOn) return true;
  const uri = vscode.Uri.file(train);
  const { linter } = host;
  return mayStart({
    l10n: vscode.l10n,
    file: basename(train),
    outlook() {
      // It was written a moment ago, and says what rows are cut at.
      linter.tell("changedOnDisk", { paths: [recipe] });
      return withPatience(linter, uri);
    },
    choose,
    async showProblems() {
      await vscode.window.showTextDocument(uri);
      await vscode.commands.executeCommand("workbench.actions.view.problems");
    },
    failed: (error) =>
      host.log.warn(`the data was not looked at: ${error instanceof Error ? error.message : error}`),
    isCancelled: (error) => error instanceof TunesmithError && error.code === "cancelled",
  });
}

/** @throws `cancelled` */
async function withPatience(linter: Linter, uri: vscode.Uri): Promise<LintOutlook> {
  const asked = linter.request(uri, "outlook", { path: uri.fsPath });
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, quietMs, undefined);
  });
  const soon = await Promise.race([asked, enough]).finally(() => clearTimeout(timer));
  if (soon) return soon;
  const title = vscode.l10n.t("Looking at {0} as the model will see it", basename(uri.fsPath));
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (_, cancellation) => {
    const cancelled = new Promise<never>((_, reject) => {
      cancellation.onCancellationRequested(() =>
        reject(new TunesmithError("cancelled", "the start was called off")),
      );
    });
    return Promise.race([asked, cancelled]);
  });
}

async function choose({ message, detail }: DataQuestion): Promise<"start" | "problems" | "cancel"> {
  const start = vscode.l10n.t("Start Anyway");
  const problems = vscode.l10n.t("Show Problems");
  const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, start, problems);
  if (chosen === start) return "start";
  return chosen === problems ? "problems" : "cancel";
}
