/** The tuning methods a recipe can name. A new one is a file beside this one and a line in the list. */
import type { Schema } from "../schema-parts.ts";
import { full } from "./full.ts";
import { lora } from "./lora.ts";

/** What the recipe needs to know of a method. */
export interface MethodSettings<Settings extends { name: string }> {
  /** The settings' JSON Schema, with their defaults; `name` is required. */
  schema: Schema;
  /** The learning rate when the recipe names none. */
  learningRate: number;
  /** Fills the defaults that depend on other settings. */
  complete(given: Settings): Settings;
}

export const methods = { lora, full };

export type MethodName = keyof typeof methods;

/** The settings of any method, told apart by `name`. */
export type Method = ReturnType<(typeof methods)[MethodName]["complete"]>;

export const defaultMethod: MethodName = "lora";
