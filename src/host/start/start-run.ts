/** From a recipe file to a running job that the side bar shows. */
import { dirname } from "node:path";
import * as vscode from "vscode";
import { cachedModel } from "../../files/hub.ts";
import { spawnJob } from "../../jobs/spawn.ts";
import { newRun } from "../../jobs/start.ts";
import { modelSource, readRecipe } from "../../runs/recipe.ts";
import { views } from "../contributions.ts";
import { requireTrust } from "../dialogs.ts";
import type { Host } from "../host.ts";
import { huggingFaceToken } from "./token.ts";
import { bytes } from "./words.ts";

/**
 * @returns the run's directory
 * @throws whatever is wrong with the recipe, its sources, or starting its job; `cancelled`
 */
export async function startRun(host: Host, recipeFile: string): Promise<string> {
  requireTrust();
  await fetchModel(host, readRecipe(recipeFile).model);
  const { job } = await host.program();
  const store = await host.runs();
  const directory = await newRun(recipeFile);
  try {
    await spawnJob(directory, job);
  } finally {
    // One that did not start is shown as well: its log says why.
    store.add(directory);
    await host.addRunsFolder(dirname(directory));
  }
  await vscode.commands.executeCommand(`${views.runs}.focus`, { preserveFocus: true });
  return directory;
}

/** Downloads a hub model that is not here, so that a job needs neither network nor token. @throws `cancelled`, `hub-…` */
export async function fetchModel(host: Host, model: string): Promise<void> {
  if (modelSource(model) !== "hub" || (await cachedModel(model))) return;
  const token = await huggingFaceToken(host);
  const title = vscode.l10n.t("Downloading {0}", model);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  await vscode.window.withProgress(options, async (report, cancellation) => {
    const stop = new AbortController();
    cancellation.onCancellationRequested(() => stop.abort());
    let shown = 0;
    await host.session.request(
      "download",
      { model, token },
      {
        signal: stop.signal,
        onProgress({ done, total }) {
          const share = total > 0 ? (100 * done) / total : 0;
          const message = vscode.l10n.t("{0} of {1} ({2} %)", bytes(done), bytes(total), Math.floor(share));
          report.report({ message, increment: share - shown });
          shown = share;
        },
      },
    );
  });
}
