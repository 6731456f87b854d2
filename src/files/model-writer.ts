/**
 * Writes a model as a Hugging Face folder, the layout that model-folder.ts reads: `config.json` of the base model with
 * the new dtype, weights as safetensors (in shards with an index where they are large), and whatever the tokenizer,
 * the chat template and generation need, copied from the base model's folder.
 */
import { copyFile, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { JsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { requireFreeSpace, writeFolderAtomic, writeJsonAtomic } from "./atomic.ts";
import { float32ToBfloat16, float32ToFloat16 } from "./half.ts";
import { type ModelFolder, singleWeightsName, weightsIndexName } from "./model-folder.ts";
import { byteLengthOf } from "./safetensors.ts";
import { type TensorToWrite, writeSafetensors } from "./safetensors-writer.ts";

/** Types weights can be written in, and what config.json calls them. */
const dtypeNames = { F32: "float32", F16: "float16", BF16: "bfloat16" } as const;
export type WeightsDtype = keyof typeof dtypeNames;

export interface ModelWriterOptions {
  /** float32 by default: nothing is rounded. */
  readonly dtype?: WeightsDtype;
  /** Most bytes of tensors in one weights file. */
  readonly shardBytes?: number;
}

/** As save_pretrained splits: decimal gigabytes. */
const defaultShardBytes = 5e9;
/** Values converted at a time. */
const pieceLength = 1 << 20;

/** What belongs to a model beside config and weights, its licence included. Code is not copied. */
const companions =
  /^(tokenizer.*\.(json|model)|special_tokens_map\.json|added_tokens\.json|vocab\.(json|txt)|merges\.txt|.*spiece\.model|sentencepiece.*\.model|chat_template\.(jinja|json)|generation_config\.json|licen[cs]e(\..*)?|notice(\..*)?)$/i;

/**
 * Writes a model folder, atomically; an earlier model there is replaced.
 *
 * @param base the model this one was made from: its config and companions are taken over.
 * @param tensors all of the model's tensors by their Hugging Face names, float32, row-major.
 * @throws `disk-full`, before anything is written; `file-unwritable`, also when the folder holds other files or is the
 *   base model's; `does-not-fit` for a value that float16 cannot hold.
 */
export async function writeModelFolder(
  folder: string,
  base: ModelFolder,
  tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
  { dtype = "F32", shardBytes = defaultShardBytes }: ModelWriterOptions = {},
): Promise<void> {
  if (resolve(folder) === base.path) {
    throw new TunesmithError(
      "file-unwritable",
      `${base.path} is the base model's own folder`,
      "Choose another output folder.",
    );
  }
  const toWrite = [...tensors].map(([name, { shape, data }]) => ({
    name,
    dtype,
    shape,
    data: dtype === "F32" ? data : () => narrowed(name, data, dtype),
  }));
  const shards = split(toWrite, shardBytes);
  const totalSize = shards.flat().reduce((sum, tensor) => sum + byteLengthOf(dtype, tensor.shape), 0);
  await requireFreeSpace(folder, totalSize);

  const isOurs = (name: string) =>
    name === "config.json" || /^model.*\.safetensors(\.index\.json)?$/.test(name) || companions.test(name);
  await writeFolderAtomic(folder, isOurs, async (temporary) => {
    await writeJsonAtomic(join(temporary, "config.json"), withDtype(base.config, dtypeNames[dtype]));
    for (const name of await readdir(base.path)) {
      if (companions.test(name)) await copyFile(join(base.path, name), join(temporary, name));
    }
    const weightMap: Record<string, string> = {};
    for (const [i, shard] of shards.entries()) {
      const file = shards.length === 1 ? singleWeightsName : shardName(i + 1, shards.length);
      await writeSafetensors(join(temporary, file), shard, { metadata: { format: "pt" } });
      for (const { name } of shard) weightMap[name] = file;
    }
    if (shards.length > 1) {
      const index = { metadata: { total_size: totalSize }, weight_map: weightMap };
      await writeJsonAtomic(join(temporary, weightsIndexName), index);
    }
  });
}

/** transformers 5 calls the field `dtype`, earlier releases `torch_dtype`; both read the old name. */
function withDtype(config: JsonObject, dtype: string): JsonObject {
  return "dtype" in config && !("torch_dtype" in config)
    ? { ...config, dtype }
    : { ...config, torch_dtype: dtype, ...("dtype" in config ? { dtype } : {}) };
}

/** In order, as many tensors to a shard as fit; one that is larger than a shard gets its own. */
function split(tensors: readonly TensorToWrite[], shardBytes: number): TensorToWrite[][] {
  const shards: TensorToWrite[][] = [[]];
  let filled = 0;
  for (const tensor of tensors) {
    const bytes = byteLengthOf(tensor.dtype, tensor.shape);
    if (filled > 0 && filled + bytes > shardBytes) {
      shards.push([]);
      filled = 0;
    }
    shards.at(-1)!.push(tensor);
    filled += bytes;
  }
  return shards;
}

const shardName = (number: number, count: number): string =>
  `model-${String(number).padStart(5, "0")}-of-${String(count).padStart(5, "0")}.safetensors`;

async function* narrowed(
  name: string,
  data: Float32Array,
  dtype: "F16" | "BF16",
): AsyncGenerator<Uint16Array> {
  const buffer = new Uint16Array(Math.min(pieceLength, data.length));
  for (let at = 0; at < data.length; at += pieceLength) {
    const piece = data.subarray(at, at + pieceLength);
    const narrow = buffer.subarray(0, piece.length);
    if (dtype === "BF16") {
      float32ToBfloat16(piece, narrow);
    } else {
      float32ToFloat16(piece, narrow);
      refuseOverflow(name, piece, narrow);
    }
    yield narrow;
  }
}

function refuseOverflow(name: string, wide: Float32Array, narrow: Uint16Array): void {
  const at = narrow.findIndex((bits, i) => (bits & 0x7fff) === 0x7c00 && Number.isFinite(wide[i]));
  if (at < 0) return;
  throw new TunesmithError(
    "does-not-fit",
    `tensor "${name}" holds ${wide[at]}, but float16 ends at 65504`,
    "Write the model as bfloat16 or float32.",
  );
}
