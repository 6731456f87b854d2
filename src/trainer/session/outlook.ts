/** What several ways to train on a dataset would need, each by its preset; nothing is downloaded, no weights are loaded. */
import { statfs } from "node:fs/promises";
import { availableParallelism, freemem } from "node:os";
import { dirname } from "node:path";
import { type DecoderConfig, readDecoderConfig } from "../../architectures/config.ts";
import type { Plan, PlanOutlook, RecipeOutlook, Session } from "../../contracts/session.ts";
import { resolveThreads } from "../../engine/runtime/environment.ts";
import { type EstimateInput, estimate, usualFlopsPerSecond } from "../../estimate/estimate.ts";
import { type Free, fits, whatWouldFit } from "../../estimate/fit.ts";
import { type Preset, preset } from "../../estimate/presets.ts";
import { cachedModel } from "../../files/hub.ts";
import { openModelFolder } from "../../files/model-folder.ts";
import type { Asked, Params, Progress, Result } from "../../protocol/channel.ts";
import { TunesmithError, toErrorRecord } from "../../protocol/errors.ts";
import { everyInSteps, modelSource, resolveRecipe } from "../../runs/recipe.ts";
import { locateModel } from "../models.ts";
import { type Lengths, lengthsOf, surveyOf } from "./survey.ts";

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
    const input = inputOf(plan, model, chosen, lengths);
    return { error: null, about: lengths.about, ...chosen, outlook: inOutlook(input, free) };
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

function inputOf(
  { model, method }: Plan,
  { config, isFloat32 }: LookedAt,
  { train: settings, why }: Preset,
  lengths: Lengths,
): EstimateInput {
  const recipe = resolveRecipe(
    { model, data: { train: "-" }, method: { name: method }, train: settings },
    "/",
  );
  const threads = Math.min(resolveThreads(recipe.train.threads), availableParallelism());
  return {
    model: config,
    storedWeightBytes: isFloat32 ? 4 : 2,
    converted: isFloat32,
    method: recipe.method,
    settings: recipe.train,
    train: lengths.train,
    validation: lengths.validation,
    validations: 1 + Math.ceil(why.steps / everyInSteps(recipe.train.evaluateEvery, why.steps)),
    flopsPerSecond: usualFlopsPerSecond(threads),
  };
}

function inOutlook(input: EstimateInput, free: Free): RecipeOutlook {
  const { memory, disk, steps, seconds, parameters, trainableParameters } = estimate(input);
  const isEnough = fits(estimate(input), free);
  return {
    fits: isEnough,
    parameters,
    trainableParameters,
    steps,
    seconds,
    memoryBytes: memory.total,
    freeMemoryBytes: free.memory,
    diskBytes: disk.total,
    freeDiskBytes: free.disk,
    warnings: [],
    changes: (isEnough ? [] : whatWouldFit(input, free)).map(({ inWords, method, settings, estimate }) => ({
      inWords,
      patch: { ...(method && { method }), train: settings },
      memoryBytes: estimate.memory.total,
      seconds: estimate.seconds,
    })),
  };
}

/** As the job sees them when it starts. */
async function freeResources(directory: string): Promise<Free> {
  const { bavail, bsize } = await statfs(directory);
  return { memory: process.availableMemory?.() ?? freemem(), disk: bavail * bsize };
}
