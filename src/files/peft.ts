/**
 * LoRA adapters as PEFT's folder: `adapter_config.json` and `adapter_model.safetensors`, in the fields and keys of
 * PEFT 0.21 (peft/tuners/lora/config.py, peft/utils/save_and_load.py).
 * https://huggingface.co/docs/peft/developer_guides/checkpoint
 *
 *   base_model.model.<module path>.lora_A.weight  [rank, in]
 *   base_model.model.<module path>.lora_B.weight  [out, rank]
 *   y = W x + scale · B (A x), scale = alpha / rank, or alpha / √rank with `use_rslora`
 */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { asReadError } from "../protocol/refusals.ts";
import { writeFolderAtomic, writeJsonAtomic } from "./atomic.ts";
import { readJsonObject } from "./json.ts";
import { adapterInvalid, type LoraSettings, loraConfigJson, parseLoraConfig } from "./peft-config.ts";
import { openSafetensors, readTensorFloat32, type TensorEntry } from "./safetensors.ts";
import { type TensorToWrite, writeSafetensors } from "./safetensors-writer.ts";

const configName = "adapter_config.json";
const weightsName = "adapter_model.safetensors";
const keyPrefix = "base_model.model.";

/** A float32 matrix, row-major. */
export interface Matrix {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface LoraToWrite extends LoraSettings {
  /** Hub name or path of the model the adapter belongs to. */
  readonly baseModel: string;
  /** By module path, such as `model.layers.0.self_attn.q_proj`: A [rank, in] and B [out, rank]. */
  readonly tensors: ReadonlyMap<string, { readonly A: Matrix; readonly B: Matrix }>;
}

export interface LoraModule {
  /** [rank, in] */
  readonly A: Matrix;
  /** [out, rank] */
  readonly B: Matrix;
  readonly rank: number;
  /** What the product B A is multiplied by. */
  readonly scale: number;
}

export interface PeftLora extends LoraSettings {
  readonly path: string;
  readonly baseModel: string | undefined;
  /** By module path, such as `model.layers.0.self_attn.q_proj`. */
  readonly modules: ReadonlyMap<string, LoraModule>;
}

/**
 * Writes a LoRA adapter for a causal language model as a PEFT folder, atomically. An earlier adapter there is replaced.
 *
 * @throws `disk-full`; `file-unwritable`, also when the folder holds other files.
 */
export async function writePeftLora(folder: string, lora: LoraToWrite): Promise<void> {
  const weights: TensorToWrite[] = [];
  for (const [path, { A, B }] of lora.tensors) {
    weights.push({ ...A, name: `${keyPrefix}${path}.lora_A.weight`, dtype: "F32" });
    weights.push({ ...B, name: `${keyPrefix}${path}.lora_B.weight`, dtype: "F32" });
  }
  const isOurs = (name: string) => name === configName || name === weightsName;
  await writeFolderAtomic(folder, isOurs, async (temporary) => {
    await writeJsonAtomic(join(temporary, configName), loraConfigJson(lora, lora.baseModel));
    await writeSafetensors(join(temporary, weightsName), weights, { metadata: { format: "pt" } });
  });
}

/**
 * Reads a LoRA adapter from a PEFT folder, its weights as float32.
 *
 * @throws `file-not-found`, `safetensors-invalid`, or `adapter-invalid` naming the setting or the tensor that is wrong,
 *   or that asks for something other than plain LoRA.
 */
export async function readPeftLora(path: string): Promise<PeftLora> {
  const folder = resolve(path);
  const names = await readdir(folder).catch((error) => {
    throw asReadError(error, folder);
  });
  if (!names.includes(configName)) {
    throw adapterInvalid(`${folder} has no ${configName}`, "Give the folder of a PEFT adapter.");
  }
  const configFile = join(folder, configName);
  const { patterns, ...settings } = parseLoraConfig(
    await readJsonObject(configFile, "adapter-invalid"),
    configFile,
  );
  if (!names.includes(weightsName)) {
    throw names.includes("adapter_model.bin")
      ? adapterInvalid(
          `${folder} holds its weights as "adapter_model.bin", a pickle, which could run any code when opened`,
          "Save the adapter again with PEFT's default, safe_serialization=True.",
        )
      : adapterInvalid(`${folder} has no ${weightsName}`, "Save or download the adapter again.");
  }

  const file = join(folder, weightsName);
  const modules = new Map<string, LoraModule>();
  for (const [modulePath, { A, B }] of pairsOf(await openSafetensors(file), file)) {
    const rank = patterns.rank(modulePath) ?? settings.rank;
    const alpha = patterns.alpha(modulePath) ?? settings.alpha;
    checkShape(A, [rank, A.shape[1] ?? 0], "[rank, in]", rank);
    checkShape(B, [B.shape[0] ?? 0, rank], "[out, rank]", rank);
    modules.set(modulePath, {
      A: { shape: A.shape, data: await readTensorFloat32(A) },
      B: { shape: B.shape, data: await readTensorFloat32(B) },
      rank,
      scale: alpha / (settings.rsLora ? Math.sqrt(rank) : rank),
    });
  }
  return { path: folder, ...settings, modules };
}

/** A and B of every module, by its path. */
function pairsOf(
  entries: ReadonlyMap<string, TensorEntry>,
  file: string,
): Map<string, { A: TensorEntry; B: TensorEntry }> {
  const halves = new Map<string, { A?: TensorEntry; B?: TensorEntry }>();
  for (const [name, entry] of entries) {
    const [, path, half] = /^base_model\.model\.(.+)\.lora_([AB])\.weight$/s.exec(name) ?? [];
    if (path === undefined) {
      throw adapterInvalid(
        `${file} holds "${name}", which is no weight of plain LoRA on a linear layer`,
        "Adapters with embeddings, biases, magnitudes or whole layers of their own are not supported.",
      );
    }
    halves.set(path, { ...halves.get(path), [half as "A" | "B"]: entry });
  }
  if (halves.size === 0)
    throw adapterInvalid(`${file} holds no LoRA weights`, "Save or download the adapter again.");
  const pairs = new Map<string, { A: TensorEntry; B: TensorEntry }>();
  for (const [path, { A, B }] of halves) {
    if (!A || !B) {
      throw adapterInvalid(
        `${file} has only lora_${A ? "A" : "B"} of "${path}"`,
        "Save or download the adapter again.",
      );
    }
    pairs.set(path, { A, B });
  }
  return pairs;
}

function checkShape(
  { name, shape, file }: TensorEntry,
  expected: number[],
  form: string,
  rank: number,
): void {
  if (shape.length === 2 && shape.every((size, i) => size > 0 && size === expected[i])) return;
  throw adapterInvalid(
    `${file}: "${name}" is [${shape.join(", ")}], but should be ${form} with rank ${rank}`,
    "Its adapter_config.json belongs to other weights, or the adapter was saved from a sharded run.",
  );
}
