/** What a tuning method is: which arrays it trains, how they take part in the model, and which files it leaves. */
import type { ModelFolder } from "../../files/model-folder.ts";
import type { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import type { DecoderConfig } from "../model/config.ts";
import type { Parameters } from "../model/parameters.ts";

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

export interface MethodContext {
  g: Graph;
  config: DecoderConfig;
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

/** A tuning method with its settings. */
export interface Method {
  readonly name: string;
  trainables(config: DecoderConfig): Trainable[];
  /** The model's parameters with the trained arrays in them. */
  parameters(context: MethodContext): Parameters;
  /** Writes the result as the ecosystem's own files; `folder` must not exist yet. */
  save(folder: string, config: DecoderConfig, result: TuningResult): Promise<void>;
}

/** A method read back from the files it wrote, with the arrays it trained. */
export interface Adapter {
  method: Method;
  arrays: ReadonlyMap<string, Float32Array>;
}
