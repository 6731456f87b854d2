/**
 * LoRA adapters as PEFT's folder: `adapter_config.json` and `adapter_model.safetensors`, in the fields and keys of
 * PEFT 0.21 (peft/tuners/lora/config.py, peft/utils/save_and_load.py).
 * https://huggingface.co/docs/peft/developer_guides/checkpoint
 *
 *   base_model.model.<module path>.lora_A.weight  [rank, in]
 *   base_model.model.<module path>.lora_B.weight  [out, rank]
 *   y = W x + scale · B (A x), scale = alpha / rank, or alpha / √rank with `use_rslora`
 *
 * `rank_pattern` and `alpha_pattern` map regular expressions, matched against the end of a module's path, to the rank
 * and alpha of that module; the first that matches counts.
 */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { TunesmithError } from "../protocol/errors.ts";
import { writeFolderAtomic, writeJsonAtomic } from "./atomic.ts";
import { asReadError, isJsonObject, type JsonObject, readJsonObject } from "./json.ts";
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

/** The settings of an adapter that are one for all its modules. */
interface LoraSettings {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly rsLora: boolean;
  /** Names or paths of modules, such as `q_proj`. */
  readonly targetModules: readonly string[];
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
    weights.push({ name: `${keyPrefix}${path}.lora_A.weight`, dtype: "F32", ...A });
    weights.push({ name: `${keyPrefix}${path}.lora_B.weight`, dtype: "F32", ...B });
  }
  const isOurs = (name: string) => name === configName || name === weightsName;
  await writeFolderAtomic(folder, isOurs, async (temporary) => {
    await writeJsonAtomic(join(temporary, configName), configOf(lora));
    await writeSafetensors(join(temporary, weightsName), weights, { metadata: { format: "pt" } });
  });
}

/** Every field PEFT 0.21 writes, in its order, so that a diff against a folder of PEFT's shows settings only. */
function configOf({ rank, alpha, dropout, rsLora, targetModules, baseModel }: LoraToWrite): JsonObject {
  return {
    alora_invocation_tokens: null,
    alpha_pattern: {},
    arrow_config: null,
    auto_mapping: null,
    base_model_name_or_path: baseModel,
    bias: "none",
    corda_config: null,
    ensure_weight_tying: false,
    eva_config: null,
    exclude_modules: null,
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    kasa_config: null,
    layer_replication: null,
    layers_pattern: null,
    layers_to_transform: null,
    loftq_config: {},
    lora_alpha: alpha,
    lora_bias: false,
    lora_dropout: dropout,
    lora_ga_config: null,
    megatron_config: null,
    megatron_core: "megatron.core",
    modules_to_save: null,
    monteclora_config: null,
    peft_type: "LORA",
    peft_version: "0.21.2",
    qalora_group_size: 16,
    r: rank,
    rank_pattern: {},
    revision: null,
    target_modules: [...targetModules].sort(),
    target_parameters: null,
    task_type: "CAUSAL_LM",
    trainable_token_indices: null,
    use_bdlora: null,
    use_dora: false,
    use_qalora: false,
    use_rslora: rsLora,
    velora_config: null,
  };
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
    throw invalid(`${folder} has no ${configName}`, "Give the folder of a PEFT adapter.");
  }
  const configFile = join(folder, configName);
  const { patterns, ...settings } = parseConfig(
    await readJsonObject(configFile, "adapter-invalid"),
    configFile,
  );
  if (!names.includes(weightsName)) {
    throw names.includes("adapter_model.bin")
      ? invalid(
          `${folder} holds its weights as "adapter_model.bin", a pickle, which could run any code when opened`,
          "Save the adapter again with PEFT's default, safe_serialization=True.",
        )
      : invalid(`${folder} has no ${weightsName}`, "Save or download the adapter again.");
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
      throw invalid(
        `${file} holds "${name}", which is no weight of plain LoRA on a linear layer`,
        "Adapters with embeddings, biases, magnitudes or whole layers of their own are not supported.",
      );
    }
    halves.set(path, { ...halves.get(path), [half as "A" | "B"]: entry });
  }
  if (halves.size === 0)
    throw invalid(`${file} holds no LoRA weights`, "Save or download the adapter again.");
  const pairs = new Map<string, { A: TensorEntry; B: TensorEntry }>();
  for (const [path, { A, B }] of halves) {
    if (!A || !B) {
      throw invalid(
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
  throw invalid(
    `${file}: "${name}" is [${shape.join(", ")}], but should be ${form} with rank ${rank}`,
    "Its adapter_config.json belongs to other weights, or the adapter was saved from a sharded run.",
  );
}

/** Settings that change what an adapter computes, with the values under which it is plain LoRA. */
const plainValues: Readonly<Record<string, readonly unknown[]>> = {
  peft_type: ["LORA"],
  task_type: ["CAUSAL_LM", null],
  bias: ["none"],
  lora_bias: [false],
  fan_in_fan_out: [false],
  use_dora: [false],
  use_qalora: [false],
  use_bdlora: [null],
  modules_to_save: [null],
  target_parameters: [null],
  trainable_token_indices: [null],
  layer_replication: [null],
  alora_invocation_tokens: [null],
  arrow_config: [null],
  kasa_config: [null],
  monteclora_config: [null],
  // The others (pissa, olora, loftq, corda, lora_ga) change the base weights when the adapter is loaded.
  init_lora_weights: [true, false, "gaussian", "orthogonal", "eva"],
};

interface Patterns {
  rank(path: string): number | undefined;
  alpha(path: string): number | undefined;
}

type ParsedConfig = Omit<PeftLora, "path" | "modules"> & { patterns: Patterns };

function parseConfig(config: JsonObject, file: string): ParsedConfig {
  const wrong = (key: string, should: string) =>
    invalid(
      `${file}: "${key}" is ${JSON.stringify(config[key])}, but should be ${should}`,
      "Correct it, or save the adapter again.",
    );
  const number = (key: string, ok: (value: number) => boolean, should: string): number => {
    const value = config[key];
    if (typeof value !== "number" || !ok(value)) throw wrong(key, should);
    return value;
  };
  if (typeof config.peft_type !== "string") throw wrong("peft_type", '"LORA"');
  for (const [key, plain] of Object.entries(plainValues)) {
    const value = config[key];
    if (value === undefined || plain.includes(value)) continue;
    throw invalid(
      `${file}: "${key}": ${JSON.stringify(value)} is not supported`,
      `Tunesmith reads plain LoRA: ${key} must be ${plain.map((each) => JSON.stringify(each)).join(" or ")}.`,
    );
  }
  const { target_modules: targets, base_model_name_or_path: baseModel } = config;
  const targetModules = typeof targets === "string" ? [targets] : (targets ?? []);
  if (!isStrings(targetModules)) throw wrong("target_modules", "a list of names");
  const rankPattern = patternsIn(config, "rank_pattern", file, isRank);
  const alphaPattern = patternsIn(config, "alpha_pattern", file, Number.isFinite);
  return {
    rank: number("r", isRank, "a whole number from 1"),
    alpha: number("lora_alpha", Number.isFinite, "a number"),
    dropout:
      config.lora_dropout === undefined
        ? 0
        : number("lora_dropout", (p) => p >= 0 && p < 1, "a share under 1"),
    rsLora: config.use_rslora === true,
    targetModules,
    baseModel: typeof baseModel === "string" && baseModel !== "" ? baseModel : undefined,
    patterns: { rank: rankPattern, alpha: alphaPattern },
  };
}

const isRank = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

/** A pattern field as a function from module path to its number, matched as PEFT's `get_pattern_key` matches. */
function patternsIn(
  config: JsonObject,
  key: string,
  file: string,
  ok: (value: number) => boolean,
): (path: string) => number | undefined {
  const raw = config[key] ?? {};
  if (!isJsonObject(raw)) {
    throw invalid(`${file}: "${key}" is not an object`, "Correct it, or save the adapter again.");
  }
  const rules = Object.entries(raw).map(([pattern, value]) => {
    try {
      const expression = new RegExp(`^(.*\\.)?(${pattern})$`);
      if (typeof value === "number" && ok(value)) return { expression, value };
    } catch {
      // Reported below, as an impossible number is.
    }
    throw invalid(
      `${file}: "${key}" gives ${JSON.stringify(value)} to ${JSON.stringify(pattern)}`,
      "Patterns are regular expressions over module paths, with a number each.",
    );
  });
  return (path) => rules.find(({ expression }) => expression.test(path))?.value;
}

function invalid(message: string, hint: string): TunesmithError {
  return new TunesmithError("adapter-invalid", message, hint);
}
