/** A base model, opened from its Hugging Face folder and ready to be mapped by sessions. */
import { basename, dirname } from "node:path";
import { type DecoderConfig, readDecoderConfig } from "../../architectures/config.ts";
import { parameterShapes } from "../../architectures/layout.ts";
import { float32Weights } from "../../files/float32-cache.ts";
import { type ModelFolder, openModelFolder } from "../../files/model-folder.ts";
import { readTensorFloat32, type TensorEntry } from "../../files/safetensors.ts";
import { internalError, TunesmithError } from "../../protocol/errors.ts";
import type { MappedWeights } from "../runtime/session.ts";

export interface BaseModel {
  folder: ModelFolder;
  config: DecoderConfig;
  weights: MappedWeights;
  /** One tensor as float32. */
  read(name: string): Promise<Float32Array>;
}

/**
 * Opens a model folder and checks it against its config. Weights that are not float32 are converted once, into the cache.
 *
 * @throws `architecture-unsupported`, `model-folder-invalid` naming the tensor that is missing or misshapen, `disk-full`
 */
export async function openBaseModel(
  path: string,
  options: { cacheDir?: string; onProgress?: (done: number, total: number) => void } = {},
): Promise<BaseModel> {
  const folder = await openModelFolder(path);
  const config = readDecoderConfig(folder.config, `${path}/config.json`);
  checkTensors(config, folder);
  const tensors = await float32Weights(folder, options);
  return {
    folder,
    config,
    weights: mapped(tensors),
    read: (name) => readTensorFloat32(tensors.get(name)!),
  };
}

function checkTensors(config: DecoderConfig, folder: ModelFolder): void {
  for (const [name, shape] of parameterShapes(config)) {
    const tensor = folder.tensors.get(name);
    if (tensor?.shape.join() === shape.join()) continue;
    throw new TunesmithError(
      "model-folder-invalid",
      tensor
        ? `${folder.path}: the tensor ${name} is [${tensor.shape}], but config.json asks for [${shape}]`
        : `${folder.path}: there is no tensor named ${name}`,
      "config.json and the weights do not belong together, or the download is incomplete.",
    );
  }
}

/** ONNX Runtime finds weight files by name in one folder, which is where all shards of a model lie. */
function mapped(tensors: ReadonlyMap<string, TensorEntry>): MappedWeights {
  const folders = new Set([...tensors.values()].map(({ file }) => dirname(file)));
  if (folders.size > 1) throw internalError(`weights lie in several folders: ${[...folders].join(", ")}`);
  return {
    folder: [...folders][0] ?? "",
    locations: new Map(
      [...tensors].map(([name, { file, offset, byteLength }]) => [
        name,
        { file: basename(file), offset, byteLength },
      ]),
    ),
  };
}
