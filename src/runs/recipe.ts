/**
 * The recipe: one JSON file that describes a run. Reading checks every key and value and names the place of a mistake;
 * resolving fills every default, so that the run directory holds nothing implicit. A recipe as resolved is itself a
 * valid recipe and resolves to itself.
 */
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, resolve } from "node:path";
import { invalidSettings, type Locate, type Mistake, settingPlaces } from "../json/check.ts";
import { type MethodSettings, tuningMethod } from "../methods/index.ts";
import { asReadError } from "../protocol/refusals.ts";
import { checkRecipe } from "./recipe-check.ts";
import type { dataFormats, devices, losses, schedules } from "./recipe-schema.ts";

/** Share of the training rows (0 … below 1), number of rows, or an absolute file name. 0 is none. */
export type RowSource = number | string;

/** Below 1 a share of the whole run, else a number of steps. */
export type Every = number;

/** A recipe as resolved: every setting explicit, every path absolute. Meanings: `recipe-schema.ts`. */
export interface Recipe {
  /** "tiny", an absolute folder, or a hub name; told apart by `modelSource`. */
  model: string;
  data: {
    train: string;
    validation: RowSource;
    test: RowSource;
    format: (typeof dataFormats)[number];
    columns: { input: string; output: string; system?: string } | null;
  };
  method: MethodSettings;
  train: {
    /** Exactly one of `epochs` and `steps` is set; likewise of the two warm-ups. */
    epochs: number | null;
    steps: number | null;
    batchSize: number;
    gradientAccumulation: number;
    learningRate: number;
    schedule: (typeof schedules)[number];
    warmupRatio: number | null;
    warmupSteps: number | null;
    maxLength: number;
    seed: number;
    weightDecay: number;
    beta1: number;
    beta2: number;
    epsilon: number;
    maxGradientNorm: number | null;
    loss: (typeof losses)[number];
    evaluateEvery: Every;
    earlyStopping: { patience: number } | null;
    gradientCheckpointing: boolean;
    keepBest: boolean;
    checkpointEvery: Every;
    threads: number;
  };
  device: (typeof devices)[number];
}

/** Where a recipe's `model` comes from. */
export function modelSource(model: string): "bundled" | "folder" | "hub" {
  if (model === "tiny") return "bundled";
  return isAbsolute(model) ? "folder" : "hub";
}

/** The name of runs of this recipe: "banking.tune.json" → "banking". */
export function recipeName(path: string): string {
  return basename(path).replace(/(\.tune)?\.jsonc?$/i, "");
}

/** `evaluateEvery` and `checkpointEvery` in steps, at least 1. */
export function everyInSteps(every: Every, totalSteps: number): number {
  return every < 1 ? Math.max(1, Math.round(every * totalSteps)) : every;
}

/**
 * Reads, checks and resolves a recipe file.
 *
 * @throws `file-not-found`, `file-unreadable`, or `recipe-invalid` naming file, line and column of every mistake
 */
export function readRecipe(path: string): Recipe {
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch (error) {
    const hint = "Give the path of a recipe file (JSON).";
    throw asReadError(error, path, { whenMissing: hint, whenUnreadable: hint });
  }
  return parseRecipe(source, path);
}

/** As `readRecipe`, from text; relative paths are relative to the folder of `path`. */
export function parseRecipe(source: string, path: string): Recipe {
  const { text, locate } = settingPlaces(source, path, "recipe-invalid");
  return resolveRecipe(JSON.parse(text), dirname(resolve(path)), locate);
}

/**
 * Checks a recipe and fills its defaults.
 *
 * @param given the recipe's JSON value; left unchanged
 * @param directory absolute folder that relative paths start from
 * @param locate the place of a mistake in the recipe's source, for the error
 * @throws `recipe-invalid` listing every mistake
 */
export function resolveRecipe(
  given: unknown,
  directory: string,
  locate: Locate = () => ({ offset: 0, prefix: "" }),
): Recipe {
  const checked: unknown = structuredClone(given);
  const mistakes = checkRecipe(checked);
  if (mistakes.length > 0) throw invalidSettings("recipe-invalid", mistakes, locate);
  const recipe = complete(checked as CheckedRecipe, directory);
  const conflicts = contradictions(recipe);
  if (conflicts.length > 0) throw invalidSettings("recipe-invalid", conflicts, locate);
  return recipe;
}

/** A recipe after its check: plain defaults are filled in, those that depend on other settings may be missing. */
interface CheckedRecipe extends Omit<Recipe, "data" | "train"> {
  data: Omit<Recipe["data"], "columns"> & Partial<Pick<Recipe["data"], "columns">>;
  train: Omit<Recipe["train"], Dependent> & Partial<Pick<Recipe["train"], Dependent>>;
}
type Dependent = "epochs" | "steps" | "learningRate" | "warmupRatio" | "warmupSteps" | "earlyStopping";

function complete(checked: CheckedRecipe, directory: string): Recipe {
  const { train } = checked;
  const method = tuningMethod(checked.method.name);
  const rowSource = (source: RowSource) => (typeof source === "string" ? resolve(directory, source) : source);
  return {
    model: resolveModel(checked.model, directory),
    data: {
      ...checked.data,
      train: resolve(directory, checked.data.train),
      validation: rowSource(checked.data.validation),
      test: rowSource(checked.data.test),
      columns: checked.data.columns ?? null,
    },
    method: method.complete(checked.method),
    train: {
      ...train,
      epochs: train.epochs ?? (train.steps == null ? 3 : null),
      steps: train.steps ?? null,
      learningRate: train.learningRate ?? method.learningRate,
      warmupRatio: train.warmupRatio ?? (train.warmupSteps == null ? 0.05 : null),
      warmupSteps: train.warmupSteps ?? null,
      earlyStopping: train.earlyStopping ?? null,
    },
    device: checked.device,
  };
}

/** A folder wins over a hub name of the same spelling; what looks like a path is one. */
export function resolveModel(model: string, directory: string): string {
  if (model === "tiny") return model;
  const folder = resolve(directory, model);
  const looksLikePath = isAbsolute(model) || /^\.{1,2}([\\/]|$)|\\/.test(model);
  if (looksLikePath || statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  return model;
}

/** What no single setting's schema can see. */
function contradictions({ model, data, train }: Recipe): Mistake[] {
  const found: Mistake[] = [];
  const add = (pointer: string, message: string, hint: string) =>
    found.push({ pointer, part: "value", message, hint });

  if (modelSource(model) === "hub" && !/^[\w.-]+\/[\w.-]+$/.test(model)) {
    add(
      "/model",
      `the model ${JSON.stringify(model)} is no folder here and no name on the hub`,
      'Give "tiny", a folder, or a hub name such as "HuggingFaceTB/SmolLM2-135M-Instruct".',
    );
  }
  for (const [one, other] of [
    ["epochs", "steps"],
    ["warmupRatio", "warmupSteps"],
  ] as const) {
    if (train[one] !== null && train[other] !== null) {
      add(`/train/${other}`, `train sets both ${one} and ${other}`, `Keep one of them.`);
    }
  }
  const share = [data.validation, data.test].reduce<number>(
    (sum, source) => sum + (typeof source === "number" && source < 1 ? source : 0),
    0,
  );
  if (share >= 1) {
    add(
      "/data/test",
      `data.validation and data.test together take a share of ${share}, which leaves no row to train on`,
      "Make them smaller, such as 0.1 each.",
    );
  }
  for (const name of ["validation", "test"] as const) {
    if (data[name] === data.train) {
      add(
        `/data/${name}`,
        `data.${name} is the file that is trained on`,
        "Give another file, or a share of the rows such as 0.1.",
      );
    }
  }
  if (typeof data.test === "string" && data.test === data.validation) {
    add(
      "/data/test",
      "data.test is the file that data.validation names",
      "The comparison needs rows that chose nothing: give another file, or a share.",
    );
  }
  return found;
}
