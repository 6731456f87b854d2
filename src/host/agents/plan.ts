/** What an agent wants trained, as a recipe and what it will cost: from a recipe file, or from a dataset and a few wishes. */
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import Type, { type Static } from "typebox";
import type { RecipeOutlook } from "../../contracts/session.ts";
import { type PresetName, presetNames } from "../../estimate/presets.ts";
import { type MethodName, methods } from "../../methods/index.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { nearest } from "../../protocol/suggest.ts";
import { parseRecipe } from "../../runs/recipe.ts";
import { datasetExtensions, recipeSuffix } from "../contributions.ts";
import { type Candidate, fromHub } from "../models/candidates.ts";
import { bestStart } from "../models/ranking.ts";
import type { RunSettings } from "../start/flow.ts";
import { recipeText } from "../start/recipe-file.ts";
import { fileInWorkspace } from "./paths.ts";
import type { Surroundings } from "./tool.ts";

export const wanted = {
  path: Type.String({
    minLength: 1,
    description:
      "A recipe (*.tune.json) or a dataset (.jsonl, .json, .csv, .tsv, .txt), relative to the workspace or absolute.",
  }),
  model: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "For a dataset: the model to start from, as a name on the Hugging Face hub or a label that tunesmith_estimate lists. Left out, one that suits this machine.",
    }),
  ),
  method: Type.Optional(
    Type.String({
      enum: Object.keys(methods),
      description: "For a dataset: how to train; lora if left out.",
    }),
  ),
  preset: Type.Optional(
    Type.String({
      enum: [...presetNames],
      description: "For a dataset: how thoroughly; balanced if left out.",
    }),
  ),
};
export type Wanted = Static<ReturnType<typeof Type.Object<typeof wanted>>>;

export interface Planned {
  /** The file that the agent named. */
  path: string;
  /** What is trained, for people: "support.tune.json", "support.jsonl". */
  name: string;
  model: string;
  /** To be downloaded first. */
  downloadBytes: number;
  outlook: RecipeOutlook;
  /** Of a dataset, what a recipe would be written from, and its text; null for a recipe. */
  recipe: { settings: RunSettings; text: string; others: { model: string; outlook: RecipeOutlook }[] } | null;
}

/** @throws what is wrong with the path, the recipe, the dataset or the model */
export async function planFor(wanted: Wanted, around: Surroundings, signal: AbortSignal): Promise<Planned> {
  const path = fileInWorkspace(wanted.path, around.folders);
  if (path.endsWith(recipeSuffix)) return planOfRecipe(path, around, signal);
  if (!datasetExtensions.some((extension) => path.toLowerCase().endsWith(extension))) {
    const hint = `Give a recipe (*${recipeSuffix}) or a dataset (${datasetExtensions.join(", ")}).`;
    throw new TunesmithError("usage", `${path} is neither a recipe nor a dataset`, hint);
  }
  return planOfDataset(path, wanted, around, signal);
}

async function planOfRecipe(path: string, around: Surroundings, signal: AbortSignal): Promise<Planned> {
  const recipe = parseRecipe(readFileSync(path, "utf8"), path);
  const params = { recipe: { ...recipe }, directory: dirname(path) };
  const outlook = await around.session.request("estimate", params, { signal });
  return { path, name: basename(path), model: recipe.model, downloadBytes: 0, outlook, recipe: null };
}

async function planOfDataset(
  dataset: string,
  wanted: Wanted,
  around: Surroundings,
  signal: AbortSignal,
): Promise<Planned> {
  const method = (wanted.method ?? "lora") as MethodName;
  const preset = (wanted.preset ?? "balanced") as PresetName;
  const known = await around.candidates();
  const candidates = wanted.model ? [await candidateFor(wanted.model, known, around, signal)] : known;
  const plans = candidates.map(({ model, config }) => ({
    model,
    config: config && { ...config },
    method,
    preset,
  }));
  const found = (await around.session.request("outlook", { dataset, plans }, { signal })).plans;
  const weighed = candidates.map((candidate, i) => ({ candidate, plan: found[i]! }));
  const best = wanted.model
    ? candidates[0]!.model
    : bestStart(weighed, { isSample: false, online: true }).model;
  const chosen = weighed.find(({ candidate }) => candidate.model === best)!;
  if (chosen.plan.error !== null) {
    const { code, message, hint } = chosen.plan.error;
    throw new TunesmithError(code as TunesmithError["code"], message, hint);
  }
  const settings: RunSettings = { model: best, method: { name: method }, train: { ...chosen.plan.train } };
  const others = weighed.flatMap(({ candidate, plan }) =>
    plan.error === null && candidate.model !== best
      ? [{ model: candidate.model, outlook: plan.outlook }]
      : [],
  );
  return {
    path: dataset,
    name: basename(dataset),
    model: best,
    downloadBytes: chosen.candidate.downloadBytes,
    outlook: chosen.plan.outlook,
    recipe: { settings, text: recipeText(dataset, settings), others },
  };
}

/** One of those that are known, or one on the hub. */
async function candidateFor(
  name: string,
  known: readonly Candidate[],
  { session }: Surroundings,
  signal: AbortSignal,
): Promise<Candidate> {
  const wanted = name.toLowerCase();
  const found = known.find(({ model, label }) =>
    [model, label].some((each) => each.toLowerCase() === wanted),
  );
  if (found) return found;
  if (/^[\w.-]+\/[\w.-]+$/.test(name))
    return fromHub(name, await session.request("hubModel", { model: name, token: null }, { signal }));
  const near = nearest(
    name,
    known.flatMap(({ model, label }) => [model, label]),
  );
  const hint = near ? `Did you mean "${near}"?` : `Known are ${known.map(({ model }) => model).join(", ")}.`;
  throw new TunesmithError("usage", `there is no model "${name}"`, hint);
}
