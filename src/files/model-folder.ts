/**
 * A model as Hugging Face's tools lay it out: a folder with `config.json` and the weights as `model.safetensors`,
 * or as shards listed by `model.safetensors.index.json` ({ "weight_map": { tensor name → shard's file name } }).
 * https://huggingface.co/docs/transformers/main_classes/model (save_pretrained), transformers/modeling_utils.py
 *
 * Files may be symbolic links (Hugging Face's cache holds nothing else); entries name the file behind them, since
 * ONNX Runtime refuses links for external data. Pickled weights are never read: unpickling can run any code.
 */
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { isJsonObject, type JsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { asReadError, errorCode } from "../protocol/refusals.ts";
import { readJsonObject } from "./json.ts";
import { openSafetensors, type TensorEntry } from "./safetensors.ts";

export const singleWeightsName = "model.safetensors";
export const weightsIndexName = "model.safetensors.index.json";

export interface ModelFolder {
  /** Absolute path of the folder. */
  readonly path: string;
  /** `config.json` as it stands there. */
  readonly config: JsonObject;
  /** Every tensor of the model by name. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/**
 * Opens a model folder and checks that all it promises is there; reads no weights yet.
 *
 * @throws `file-not-found` when there is no such folder; `model-folder-invalid` naming the file that is missing or
 *   damaged (JSON with line and column); `safetensors-invalid`.
 */
export async function openModelFolder(path: string): Promise<ModelFolder> {
  const folder = resolve(path);
  const names = await listFolder(folder);
  if (!names.includes("config.json")) {
    throw names.includes("adapter_config.json")
      ? invalid(
          `${folder} holds an adapter, not a model`,
          "Give the base model here, and this folder as the adapter.",
        )
      : invalid(`${folder} has no config.json`, "Give the folder of a Hugging Face model.");
  }
  const config = await readJsonObject(await fileBehind(folder, "config.json"), "model-folder-invalid");
  return { path: folder, config, tensors: await openWeights(folder, names) };
}

async function openWeights(folder: string, names: readonly string[]): Promise<Map<string, TensorEntry>> {
  // The order in which transformers looks.
  if (names.includes(singleWeightsName)) return openSafetensors(await fileBehind(folder, singleWeightsName));
  if (names.includes(weightsIndexName)) return openShards(folder, names);
  const pickled = names.find((name) => /\.(bin|pt|pth|ckpt|pkl)$/.test(name));
  throw pickled
    ? invalid(
        `${folder} holds its weights as "${pickled}", a pickle, which could run any code when opened`,
        "Convert it to safetensors (https://huggingface.co/spaces/safetensors/convert), or choose a revision that has model.safetensors.",
      )
    : invalid(
        `${folder} has no weights: neither ${singleWeightsName} nor ${weightsIndexName}`,
        "Download the model again.",
      );
}

async function openShards(folder: string, names: readonly string[]): Promise<Map<string, TensorEntry>> {
  const indexFile = await fileBehind(folder, weightsIndexName);
  const { weight_map: weightMap } = await readJsonObject(indexFile, "model-folder-invalid");
  if (!isJsonObject(weightMap))
    throw invalid(`${indexFile} has no "weight_map" object`, "Download the model again.");

  const shards = new Map<string, Map<string, TensorEntry>>();
  const tensors = new Map<string, TensorEntry>();
  for (const [name, shard] of Object.entries(weightMap)) {
    if (typeof shard !== "string" || basename(shard) !== shard || !shard.endsWith(".safetensors")) {
      throw invalid(
        `${indexFile} places tensor "${name}" in ${JSON.stringify(shard)}, which is no safetensors file of this folder`,
        "Download the model again.",
      );
    }
    let entries = shards.get(shard);
    if (!entries) {
      if (!names.includes(shard)) throw missingShards(folder, weightMap, names);
      entries = await openSafetensors(await fileBehind(folder, shard));
      shards.set(shard, entries);
    }
    const entry = entries.get(name);
    if (!entry) {
      throw invalid(
        `${join(folder, shard)} lacks tensor "${name}", which the index places there`,
        "Download the model again.",
      );
    }
    tensors.set(name, entry);
  }
  return tensors;
}

function missingShards(folder: string, weightMap: JsonObject, names: readonly string[]): TunesmithError {
  const all = [...new Set(Object.values(weightMap))].map(String);
  const missing = all.filter((shard) => !names.includes(shard)).sort();
  return invalid(
    `${folder} lacks ${missing.length} of ${all.length} weight files: ${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ", …" : ""}`,
    "Download the model again.",
  );
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOTDIR" && (await stat(folder).catch(() => undefined))?.isFile()) {
      throw invalid(`${folder} is a file, not a model folder`, "Give the folder that holds config.json.");
    }
    throw asReadError(error, folder);
  }
}

/** The real file of a name in the folder, links resolved. */
async function fileBehind(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw asReadError(error, path);
    throw invalid(`${path} is a link to a file that is gone`, "Download the model again.");
  }
}

function invalid(message: string, hint: string): TunesmithError {
  return new TunesmithError("model-folder-invalid", message, hint);
}
