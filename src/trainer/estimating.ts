/** The estimate of a recipe from its real rows: tokenizes them and reads the model's config, but loads no weights. */
import { mkdirSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism, freemem } from "node:os";
import { readDecoderConfig } from "../architectures/config.ts";
import { resolveThreads } from "../engine/runtime/environment.ts";
import { countTargets } from "../engine/train/batches.ts";
import {
  type Estimate,
  type EstimateInput,
  estimate,
  type RowLength,
  usualFlopsPerSecond,
} from "../estimate/estimate.ts";
import { type Change, doesNotFit, type Free, fits, whatWouldFit } from "../estimate/fit.ts";
import { openModelFolder } from "../files/model-folder.ts";
import { everyInSteps, type Recipe } from "../runs/recipe.ts";
import { loadChatModel } from "../text/chat-model.ts";
import { readTuningData } from "./data.ts";
import { locateModel, type ModelProgress } from "./models.ts";
import { type PreparedRows, prepareForTraining } from "./prepared-rows.ts";

export interface RecipeEstimate extends Estimate {
  free: Free;
  fits: boolean;
  /** Changes that would make it fit where it does not, cheapest first. */
  changes: Change[];
  /** What of the data is left out, in words. */
  warnings: string[];
}

/** @throws as reading the model and the rows does; `hub-…` when the model has to be downloaded first and cannot */
export async function estimateRecipe(
  recipe: Recipe,
  directory: string,
  onProgress?: ModelProgress,
): Promise<RecipeEstimate> {
  const folder = await openModelFolder(await locateModel(recipe.model, onProgress));
  const config = readDecoderConfig(folder.config, `${folder.path}/config.json`);
  const chat = await loadChatModel(folder.path);
  const data = readTuningData(recipe);
  const isFloat32 = [...folder.tensors.values()].every(({ dtype }) => dtype === "F32");
  const input = estimateInput(recipe, config, isFloat32, {
    train: rowLengths(await prepareForTraining(data.train, chat, recipe.train)),
    validation: rowLengths(await prepareForTraining(data.validation, chat, recipe.train)),
  });
  return { ...compared(input, await freeResources(directory)), warnings: data.skipped };
}

/** An estimate beside what there is. */
export function compared(input: EstimateInput, free: Free): Omit<RecipeEstimate, "warnings"> {
  const result = estimate(input);
  const fit = fits(result, free);
  return { ...result, free, fits: fit, changes: fit ? [] : whatWouldFit(input, free) };
}

/** @throws `does-not-fit`, naming settings that would */
export async function requireFit(input: EstimateInput, directory: string): Promise<Estimate> {
  const result = estimate(input);
  const free = await freeResources(directory);
  if (!fits(result, free)) throw doesNotFit(input, result, free);
  return result;
}

/** @param isFloat32 whether the weights lie there as they are computed with; others are converted first */
export function estimateInput(
  recipe: Recipe,
  model: EstimateInput["model"],
  isFloat32: boolean,
  { train, validation }: Pick<EstimateInput, "train" | "validation">,
): EstimateInput {
  const { batchSize, gradientAccumulation, epochs, steps, evaluateEvery } = recipe.train;
  const totalSteps = steps ?? Math.ceil(Math.ceil(train.length / batchSize) / gradientAccumulation) * epochs!;
  return {
    model,
    storedWeightBytes: isFloat32 ? 4 : 2,
    converted: isFloat32,
    method: recipe.method,
    settings: recipe.train,
    train,
    validation,
    validations: 1 + Math.ceil(totalSteps / everyInSteps(evaluateEvery, totalSteps)),
    flopsPerSecond: usualFlopsPerSecond(
      Math.min(resolveThreads(recipe.train.threads), availableParallelism()),
    ),
  };
}

export function rowLengths({ rows }: PreparedRows): RowLength[] {
  return rows.map((row) => ({ tokens: row.ids.length, targets: countTargets(row) }));
}

/** What is left for a run on the disk of its directory, which is made if need be, and in memory. */
export async function freeResources(directory: string): Promise<Free> {
  mkdirSync(directory, { recursive: true });
  const { bavail, bsize } = await statfs(directory);
  return { memory: freeMemory(), disk: bavail * bsize };
}

/** What programs can still have; on Linux that is more than `freemem`, since the file cache gives way. */
function freeMemory(): number {
  return process.availableMemory?.() ?? freemem();
}
