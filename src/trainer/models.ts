/** Finding and opening the models that recipes and commands name. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type BaseModel, openBaseModel } from "../engine/model/base.ts";
import type { TunedModel } from "../engine/model/tuned-model.ts";
import { fileDigest } from "../files/float32-cache.ts";
import { downloadModel } from "../files/hub.ts";
import { openAdapter } from "../methods/index.ts";
import { none } from "../methods/none.ts";
import { localModel, readModelConfig } from "../runs/sources.ts";
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
 * @throws `file-not-found` for a folder that is not there; `hub-…` errors
 */
export async function locateModel(model: string, onProgress: ModelProgress = () => {}): Promise<string> {
  return (
    (await localModel(model)) ??
    (await downloadModel(model, {
      onProgress: ({ done, total }) => onProgress("downloading the model", done, total),
    }))
  );
}

/**
 * @param now the moment that a template tells which prints the date; the present if undefined
 * @throws what `locateModel`, `openBaseModel` and `loadChatModel` throw
 */
export async function openModel(
  model: string,
  onProgress: ModelProgress = () => {},
  now?: Date,
): Promise<OpenModel> {
  const folder = await locateModel(model, onProgress);
  // First, so that an unsupported model is called that, whatever else of it cannot be read either.
  await readModelConfig(folder);
  const chat = await loadChatModel(folder, now && { now });
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

/** A run's result on top of its base: an adapter folder, or a whole model. */
export async function openResult(
  base: OpenModel,
  folder: string,
  onProgress: ModelProgress = () => {},
  now?: Date,
): Promise<{ model: OpenModel; tuned: TunedModel }> {
  const isAdapter = existsSync(join(folder, "adapter_config.json"));
  const model = isAdapter ? base : await openModel(folder, onProgress, now);
  return { model, tuned: await tunedModel(model, isAdapter ? folder : undefined) };
}

/** A hash of a model's or adapter's files: names and contents. */
export async function modelFingerprint(folder: string): Promise<string> {
  const hash = createHash("sha256");
  const isModelFile = (name: string) => /\.(json|safetensors|jinja)$/.test(name);
  for (const name of (await readdir(folder)).filter(isModelFile).sort()) {
    hash.update(`${name} ${await contentHash(join(folder, name))}\n`);
  }
  return hash.digest("hex");
}

/** Small files are quicker read than looked up. */
async function contentHash(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > 16 * 2 ** 20) return fileDigest(path);
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
