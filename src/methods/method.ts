/**
 * What a tuning method is, as a whole: its settings in a recipe, the arrays it trains, what they cost, how they take part
 * in the model, and the files it leaves. One file in this folder is one method.
 *
 * The editor reads methods too (settings, estimate), so this room imports no engine: a method gets the graph it adds
 * operations to as an argument, and only the types come from there.
 */
import type { DecoderConfig } from "../architectures/config.ts";
import type { Graph } from "../engine/graph/graph.ts";
import type { Value } from "../engine/graph/value.ts";
import type { Parameters } from "../engine/model/parameters.ts";
import type { ModelFolder } from "../files/model-folder.ts";
import type { Schema } from "../protocol/schema-parts.ts";

/** What a file in this folder provides. */
export interface TuningMethod<Settings extends { name: string }> {
  /** The settings' JSON Schema, with their defaults; `name` is required. */
  schema: Schema;
  /** The learning rate when the recipe names none. */
  learningRate: number;
  /** Fills the defaults that depend on other settings. */
  complete(given: Settings): Settings;
  create(settings: Settings): Method;
  /** Reads an adapter folder back, where the result is one; undefined if the folder is another method's. */
  open?(folder: string, config: DecoderConfig): Promise<Adapter | undefined>;
}

/** A tuning method with its settings. */
export interface Method {
  readonly name: string;
  /** What the result is: a small folder beside the base model, or a model of its own. */
  readonly result: "adapter" | "model";
  /** @throws `recipe-invalid` if a setting does not fit this model */
  trainables(config: DecoderConfig): Trainable[];
  cost(config: DecoderConfig): MethodCost;
  /** The model's parameters with the trained arrays in them. */
  parameters(context: MethodContext): Parameters;
  /** Writes the result as the ecosystem's own files. */
  save(folder: string, config: DecoderConfig, result: TuningResult): Promise<void>;
}

/** One trained array. */
export interface Trainable {
  /** As the method's file format names it. */
  name: string;
  shape: readonly number[];
  /** Whether weight decay applies: to matrices, not to norms and biases. */
  decay: boolean;
  /** From the base model's tensor of the same name, zeros, or uniform within ±bound. */
  initial: "base" | "zeros" | { bound: number };
}

/** What a training step needs beside the trained arrays themselves, for the estimate. */
export interface MethodCost {
  /** The base's weights are among the trained arrays: they are not mapped from their file, and have gradients. */
  trainsBase: boolean;
  /** Linear layers of a block, by name, whose inputs the backward pass needs. */
  inputsOf: ReadonlySet<string>;
  /** Layers with a common input keep a copy each. */
  separateInputs: boolean;
  /** Further numbers that every block keeps for every token. */
  keptPerToken: number;
}

export interface MethodContext {
  g: Graph;
  config: DecoderConfig;
  /** The base model's own parameters, mapped from its files. */
  frozen: Parameters;
  /** Parameters that are all read through `parameter`; linear layers are plain. */
  parametersFrom(parameter: Parameters["parameter"]): Parameters;
  /** The graph input that holds a trained array. */
  trained(name: string): Value;
  /** A fresh dropout mask, holding 0 or 1 / (1 - rate); undefined outside training. */
  dropoutMask: ((shape: readonly number[], rate: number) => Value) | undefined;
}

/** What `save` is given. */
export interface TuningResult {
  /** The base model's folder, for its config and tokenizer, and what the recipe calls it. */
  base: ModelFolder;
  baseName: string;
  arrays: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;
}

/** A method read back from the files it wrote, with the arrays it trained. */
export interface Adapter {
  method: Method;
  arrays: ReadonlyMap<string, Float32Array>;
}
