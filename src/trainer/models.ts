/** Finding and opening the models that recipes and commands name. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BaseModel, openBaseModel } from "../engine/model/base.ts";
import type { TunedModel } from "../engine/model/tuned-model.ts";
import { cachedModel, downloadModel } from "../files/hub.ts";
import { openAdapter } from "../methods/index.ts";
import { none } from "../methods/none.ts";
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

/** A run's result on top of its base: an adapter folder, or a whole model. */
export async function openResult(
  base: OpenModel,
  folder: string,
  onProgress: ModelProgress = () => {},
): Promise<{ model: OpenModel; tuned: TunedModel }> {
  const isAdapter = existsSync(join(folder, "adapter_config.json"));
  const model = isAdapter ? base : await openModel(folder, onProgress);
  return { model, tuned: await tunedModel(model, isAdapter ? folder : undefined) };
}

/** A short hash of a model's or adapter's files: names, sizes, and the first and last 64 KiB of each. */
export async function modelFingerprint(folder: string): Promise<string> {
  const hash = createHash("sha256");
  const isModelFile = (name: string) => /\.(json|safetensors|jinja)$/.test(name);
  for (const name of (await readdir(folder)).filter(isModelFile).sort()) {
    const file = await open(join(folder, name));
    try {
      const { size } = await file.stat();
      hash.update(`${name} ${size}\n`);
      const buffer = Buffer.alloc(Math.min(size, 65_536));
      for (const position of [0, size - buffer.length]) {
        await file.read(buffer, 0, buffer.length, position);
        hash.update(buffer);
      }
    } finally {
      await file.close();
    }
  }
  return hash.digest("hex");
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
