/** From a dataset, by the wizard's four questions, to a recipe beside it and a running job. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { readRecipe } from "../../runs/recipe.ts";
import { requireTrust } from "../dialogs.ts";
import type { Host } from "../host.ts";
import { candidatesHere } from "../models/of-workspace.ts";
import { dataMayBeTrained } from "./check-data.ts";
import { chooseRun, type RunSettings } from "./flow.ts";
import { pickers } from "./pickers.ts";
import { freeRecipeName, isTaken, recipePath, recipeText, writeRecipe } from "./recipe-file.ts";
import { isSample } from "./sample.ts";
import { fetchModel, startRun } from "./start-run.ts";
import { huggingFaceToken } from "./token.ts";

export async function fineTune(host: Host, dataset: string): Promise<void> {
  const chosen = await chooseRun({
    l10n: vscode.l10n,
    ask: pickers,
    candidates: await candidatesHere(),
    isSample: isSample(host, dataset),
    outlook: (plans, signal) => host.session.request("outlook", { dataset, plans: [...plans] }, { signal }),
    hubModel: async (model, signal) =>
      host.session.request("hubModel", { model, token: await huggingFaceToken(host) }, { signal }),
    freeName: (settings) => freeRecipeName(dataset, recipeText(dataset, settings)),
    nameProblem: (name, settings) => nameProblem(dataset, name.trim(), settings),
  });
  if (!chosen) return;
  await fetchModel(host, chosen.model);
  const recipe = recipePath(dataset, chosen.name);
  writeRecipe(recipe, recipeText(dataset, chosen));
  await startAsked(host, recipe);
}

/** Starts a recipe's run, once whoever asked for it knows what of the data it would not learn. */
export async function startAsked(host: Host, recipe: string): Promise<void> {
  requireTrust();
  // The data is seen with the model's eyes.
  await fetchModel(host, readRecipe(recipe).model);
  if (await dataMayBeTrained(host, recipe)) await startRun(host, recipe);
}

function nameProblem(dataset: string, name: string, settings: RunSettings): string | undefined {
  // What a file may not be called on Windows, or is hidden elsewhere.
  if (!/^[^<>:"/\\|?*\p{Cc}.][^<>:"/\\|?*\p{Cc}]*(?<![. ])$/u.test(name)) {
    return vscode.l10n.t("Give it a name that a file can have");
  }
  const path = recipePath(dataset, name);
  return isTaken(path, recipeText(dataset, settings))
    ? vscode.l10n.t("{0} is there already, and is another recipe", basename(path))
    : undefined;
}
