/** Whether what a recipe names is there at all: quick looks, before a run directory is made for it. */
import { statSync } from "node:fs";
import { type DecoderConfig, readDecoderConfig } from "../architectures/config.ts";
import { bundledModel } from "../files/bundled-model.ts";
import { cachedModel } from "../files/hub-cache.ts";
import { openModelFolder } from "../files/model-folder.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { modelSource, type Recipe } from "./recipe.ts";

/** @throws `file-not-found`, `model-folder-invalid`, `architecture-unsupported` */
export async function requireSources({ model, data }: Pick<Recipe, "model" | "data">): Promise<void> {
  for (const source of [data.train, data.validation, data.test]) {
    if (typeof source === "string") requireFile(source);
  }
  if (modelSource(model) !== "folder") return;
  requireModelFolder(model);
  await readModelConfig(model);
}

/** @throws `file-not-found` */
export function requireFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return;
  throw new TunesmithError("file-not-found", `${path} does not exist`, "Check the dataset's path.");
}

/**
 * The folder of a model that is on this machine; undefined for one on the hub that is not in the cache.
 * @throws `file-not-found` for a folder that is not there
 */
export async function localModel(model: string): Promise<string | undefined> {
  switch (modelSource(model)) {
    case "bundled":
      return bundledModel();
    case "folder":
      requireModelFolder(model);
      return model;
    case "hub":
      return cachedModel(model);
  }
}

/** @throws `file-not-found` */
export function requireModelFolder(model: string): void {
  if (statSync(model, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new TunesmithError("file-not-found", `the model ${model} is no folder`, "Check the model's path.");
}

/** What a model folder's `config.json` says, once all of its weight files are there. @throws as above */
export async function readModelConfig(folder: string): Promise<DecoderConfig> {
  const { path, config } = await openModelFolder(folder);
  return readDecoderConfig(config, `${path}/config.json`);
}
