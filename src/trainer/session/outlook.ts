/** What several ways to train on a dataset would need, each by its preset; nothing is downloaded, no weights are loaded. */
import { dirname } from "node:path";
import { type DecoderConfig, readDecoderConfig } from "../../architectures/config.ts";
import type { Plan, PlanOutlook, Session } from "../../contracts/session.ts";
import type { Free } from "../../estimate/fit.ts";
import { type Preset, preset } from "../../estimate/presets.ts";
import { cachedModel } from "../../files/hub.ts";
import { openModelFolder } from "../../files/model-folder.ts";
import type { Asked, Params, Progress, Result } from "../../protocol/channel.ts";
import { TunesmithError, toErrorRecord } from "../../protocol/errors.ts";
import { modelSource, type Recipe, resolveRecipe } from "../../runs/recipe.ts";
import { compared, estimateInput, freeResources } from "../estimating.ts";
import { locateModel } from "../models.ts";
import { recipeOutlook } from "./estimate.ts";
import { lengthsOf, surveyOf } from "./survey.ts";

export async function outlook(
  { dataset, plans }: Params<Session, "outlook">,
  { signal }: Asked<Progress<Session, "outlook">>,
): Promise<Result<Session, "outlook">> {
  const { data, labels } = surveyOf(dataset);
  const free = await freeResources(dirname(dataset));
  const found: PlanOutlook[] = [];
  for (const plan of plans) {
    // Lets the message in that cancels.
    await new Promise(setImmediate);
    signal.throwIfAborted();
    found.push(await outlookOf(dataset, plan, labels, free));
  }
  const rows = { train: data.train.length, validation: data.validation.length, test: data.test.length };
  return { rows, warnings: data.skipped, plans: found };
}

async function outlookOf(
  dataset: string,
  plan: Plan,
  labels: number | null,
  free: Free,
): Promise<PlanOutlook> {
  try {
    const model = await look(plan);
    const lengths = await lengthsOf(dataset, model.folder);
    const { train } = lengths;
    const chosen = preset(plan.preset, { model: model.config, method: plan.method, train, labels });
    const recipe = recipeOf(plan, chosen.train);
    const found = compared(estimateInput(recipe, model.config, model.isFloat32, lengths), free);
    return { error: null, about: lengths.about, ...chosen, outlook: recipeOutlook(found, []) };
  } catch (error) {
    if (!(error instanceof TunesmithError)) throw error;
    return { error: toErrorRecord(error) };
  }
}

interface LookedAt {
  /** Undefined where the model is not here. */
  folder: string | undefined;
  config: DecoderConfig;
  isFloat32: boolean;
}

/** @throws `hub-unreachable` for one that is neither here nor described; what its files are refused for */
async function look({ model, config }: Plan): Promise<LookedAt> {
  const folder = modelSource(model) === "hub" ? await cachedModel(model) : await locateModel(model);
  if (folder !== undefined) {
    const opened = await openModelFolder(folder);
    return {
      folder,
      config: readDecoderConfig(opened.config, `${folder}/config.json`),
      isFloat32: [...opened.tensors.values()].every(({ dtype }) => dtype === "F32"),
    };
  }
  if (!config)
    throw new TunesmithError("hub-unreachable", `${model} is not here, and nothing is known of it`);
  const isFloat32 = (config.dtype ?? config.torch_dtype) === "float32";
  return { folder, config: readDecoderConfig(config, `${model}/config.json`), isFloat32 };
}

function recipeOf({ model, method }: Plan, train: Preset["train"]): Recipe {
  // The rows are here already: the recipe's place and its data's do not matter.
  return resolveRecipe({ model, data: { train: "-" }, method: { name: method }, train }, "/");
}
