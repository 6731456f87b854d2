/** Finding and opening the models that recipes and commands name. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BaseModel, openBaseModel } from "../engine/model/base.ts";
import { openAdapter } from "../engine/tune/index.ts";
import { none } from "../engine/tune/none.ts";
import type { TunedModel } from "../engine/tune/tuned-model.ts";
import { cachedModel, downloadModel } from "../files/hub.ts";
import { internalError } from "../protocol/errors.ts";
import { modelSource } from "../runs/recipe.ts";
import { type ChatModel, loadChatModel } from "../text/chat-model.ts";

export interface OpenModel {
  /** As the recipe names it. */
  name: string;
  base: BaseModel;
  chat: ChatModel;
}

export type ModelProgress = (phase: string, done: number, total: number) => void;

/**
 * The folder of a model: the bundled one, a folder, or a hub model, downloaded if it is not in the cache.
 * @throws `hub-…` errors
 */
export async function locateModel(model: string, onProgress: ModelProgress = () => {}): Promise<string> {
  switch (modelSource(model)) {
    case "bundled":
      return bundledModel();
    case "folder":
      return model;
    case "hub":
      return (
        (await cachedModel(model)) ??
        (await downloadModel(model, {
          onProgress: ({ done, total }) => onProgress("downloading the model", done, total),
        }))
      );
  }
}

/** @throws what `locateModel`, `openBaseModel` and `loadChatModel` throw */
export async function openModel(model: string, onProgress: ModelProgress = () => {}): Promise<OpenModel> {
  const folder = await locateModel(model, onProgress);
  const chat = await loadChatModel(folder);
  const base = await openBaseModel(folder, {
    onProgress: (done, total) => onProgress("converting the weights to float32", done, total),
  });
  return { name: model, base, chat };
}

/** The base as it is, or with an adapter folder on top. */
export async function tunedModel({ base }: OpenModel, adapter?: string): Promise<TunedModel> {
  const { config, weights } = base;
  if (adapter === undefined) return { config, weights, method: none, arrays: new Map() };
  return { config, weights, ...(await openAdapter(adapter, config)) };
}

/** `assets/tiny`, beside the package's own `package.json`, from the sources as from the bundle. */
function bundledModel(): string {
  for (
    let folder = dirname(fileURLToPath(import.meta.url));
    dirname(folder) !== folder;
    folder = dirname(folder)
  ) {
    const path = join(folder, "assets", "tiny");
    if (existsSync(join(path, "config.json"))) return path;
  }
  throw internalError("the bundled model is missing from this installation");
}
