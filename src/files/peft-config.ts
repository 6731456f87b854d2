/**
 * `adapter_config.json` of a LoRA adapter, in the fields of PEFT 0.21 (peft/tuners/lora/config.py): written in full, read for
 * plain LoRA, with every setting that would make it something else refused by name.
 *
 * `rank_pattern` and `alpha_pattern` map regular expressions, matched against the end of a module's path, to the rank
 * and alpha of that module; the first that matches counts.
 */
import { isJsonObject, type JsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";

/** The settings of an adapter that are one for all its modules. */
export interface LoraSettings {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly rsLora: boolean;
  /** Names or paths of modules, such as `q_proj`. */
  readonly targetModules: readonly string[];
}

/** Every field PEFT 0.21 writes, in its order, so that a diff against a folder of PEFT's shows settings only. */
export function loraConfigJson(
  { rank, alpha, dropout, rsLora, targetModules }: LoraSettings,
  baseModel: string,
): JsonObject {
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

export interface LoraConfig extends LoraSettings {
  readonly baseModel: string | undefined;
  /** Rank and alpha of single modules, where they differ. */
  readonly patterns: Patterns;
}

/** @throws `adapter-invalid` naming `file` and the setting that is wrong or asks for something other than plain LoRA. */
export function parseLoraConfig(config: JsonObject, file: string): LoraConfig {
  const wrong = (key: string, should: string) =>
    adapterInvalid(
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
    throw adapterInvalid(
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
    throw adapterInvalid(`${file}: "${key}" is not an object`, "Correct it, or save the adapter again.");
  }
  const rules = Object.entries(raw).map(([pattern, value]) => {
    try {
      const expression = new RegExp(`^(.*\\.)?(${pattern})$`);
      if (typeof value === "number" && ok(value)) return { expression, value };
    } catch {
      // Reported below, as an impossible number is.
    }
    throw adapterInvalid(
      `${file}: "${key}" gives ${JSON.stringify(value)} to ${JSON.stringify(pattern)}`,
      "Patterns are regular expressions over module paths, with a number each.",
    );
  });
  return (path) => rules.find(({ expression }) => expression.test(path))?.value;
}

export function adapterInvalid(message: string, hint: string): TunesmithError {
  return new TunesmithError("adapter-invalid", message, hint);
}
