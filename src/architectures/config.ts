/** What a decoder looks like, in the terms all its architectures share, read from a Hugging Face `config.json`. */
import { isJsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { architectures } from "./index.ts";

export interface DecoderConfig {
  /** The class name in `config.json`, such as `LlamaForCausalLM`. */
  architecture: string;
  layers: number;
  hiddenSize: number;
  intermediateSize: number;
  heads: number;
  /** Fewer than `heads` in grouped-query attention (Ainslie et al., 2023). */
  keyValueHeads: number;
  headDim: number;
  vocabularySize: number;
  maxPositions: number;
  normEpsilon: number;
  rope: RopeConfig;
  /** The output projection is the embedding table. */
  tiedEmbeddings: boolean;
  /** Biases of the query, key and value projections. */
  attentionBias: boolean;
  attentionOutputBias: boolean;
  mlpBias: boolean;
  /** RMS norms over each head of queries and keys (Qwen3). */
  queryKeyNorm: boolean;
  /** Per layer: how many positions back a token attends to, itself included; all of them if undefined. */
  windows: readonly (number | undefined)[];
}

export interface RopeConfig {
  theta: number;
  scaling:
    | { type: "default" }
    | { type: "linear"; factor: number }
    | {
        type: "llama3";
        factor: number;
        lowFrequencyFactor: number;
        highFrequencyFactor: number;
        originalPositions: number;
      };
}

/** A parsed `config.json`, whose fields are read with checks. */
export class ConfigReader {
  readonly #fields: Record<string, unknown>;
  /** Where the fields come from, for errors: a path. */
  readonly source: string;

  constructor(fields: Record<string, unknown>, source: string) {
    this.#fields = fields;
    this.source = source;
  }

  has(key: string): boolean {
    return this.#fields[key] !== undefined && this.#fields[key] !== null;
  }

  number(key: string, fallback?: number): number {
    return this.#read(key, fallback, "a positive number", (value) => typeof value === "number" && value > 0);
  }

  integer(key: string, fallback?: number): number {
    const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
    return this.#read(key, fallback, "a positive integer", isCount);
  }

  boolean(key: string, fallback?: boolean): boolean {
    return this.#read(key, fallback, "true or false", (value) => typeof value === "boolean");
  }

  string(key: string, fallback?: string): string {
    return this.#read(key, fallback, "a string", (value) => typeof value === "string");
  }

  strings(key: string): string[] {
    const isList = (value: unknown) =>
      Array.isArray(value) && value.every((item) => typeof item === "string");
    return this.#read(key, [] as string[], "a list of strings", isList);
  }

  /** A nested object; empty if absent. */
  object(key: string): ConfigReader {
    return new ConfigReader(this.#read(key, {}, "an object", isJsonObject), `${this.source}, ${key}`);
  }

  #read<T>(key: string, fallback: T | undefined, wanted: string, valid: (value: unknown) => boolean): T {
    const value = this.has(key) ? this.#fields[key] : fallback;
    if (value === undefined || !valid(value)) {
      throw new TunesmithError(
        "model-folder-invalid",
        `${this.source}: "${key}" is ${value === undefined ? "missing" : JSON.stringify(value)}, but must be ${wanted}`,
        "The file is damaged or describes a model of another kind; download the model again.",
      );
    }
    return value as T;
  }
}

/** @throws `architecture-unsupported`, naming the architecture and those there are */
export function readDecoderConfig(fields: Record<string, unknown>, source: string): DecoderConfig {
  const reader = new ConfigReader(fields, source);
  const names = reader.strings("architectures");
  const modelType = reader.string("model_type", "");
  const architecture =
    architectures.find((each) => names.includes(each.name)) ??
    (names.length === 0 ? architectures.find((each) => each.modelType === modelType) : undefined);
  if (!architecture) {
    throw new TunesmithError(
      "architecture-unsupported",
      `${source}: the architecture ${names.join(", ") || modelType || "(none named)"} is not supported`,
      `Supported are ${architectures.map((each) => each.name).join(", ")}.`,
    );
  }
  const config = architecture.read(reader);
  check(config, source);
  return config;
}

function check(config: DecoderConfig, source: string): void {
  const wrong =
    config.heads % config.keyValueHeads !== 0
      ? `${config.heads} attention heads cannot share ${config.keyValueHeads} key/value heads`
      : config.headDim % 2 !== 0
        ? `the head dimension ${config.headDim} is odd, so rotary embeddings do not apply`
        : undefined;
  if (wrong) throw new TunesmithError("model-folder-invalid", `${source}: ${wrong}`, "The file is damaged.");
}
