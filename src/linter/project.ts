/**
 * What a dataset file belongs to: the settings that hold for it, the model it is for, and the other files of the same
 * data. Three places say so, the first that does: `tunesmith.lint.json`, a recipe beside the file, the files' names.
 */
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import picomatch from "picomatch";
import type { ColumnMapping } from "../data/formats/columns.ts";
import type { LintSettings } from "../data/lint/settings.ts";
import { suppressionsSuffix } from "../data/lint/suppressions.ts";
import { partNamed, partNames } from "../data/part-names.ts";
import type { HeldOut, Part } from "../data/rules/rule.ts";
import { extensionOf } from "../data/source/container.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { type Recipe, type RowSource, readRecipe } from "../runs/recipe.ts";
import { type Configured, configured, findLintConfig, type LintConfig } from "./config.ts";
import { lintConfigName } from "./config-schema.ts";

export interface Sibling {
  path: string;
  part: Part | undefined;
}

export interface Project {
  settings: LintSettings;
  /** Who says that the file is a dataset; undefined where only its content can. */
  namedBy: "config" | "recipe" | undefined;
  isIgnored: boolean;
  /** As a recipe names it. */
  model: string;
  /** Somebody has named it, for this file or for all. */
  isModelChosen: boolean;
  maxLength: number;
  loss: Recipe["train"]["loss"];
  /** The recipe that trains on the file. */
  recipe: string | undefined;
  config: string | undefined;
  siblings: readonly Sibling[];
  /** What could not be read: a recipe or a configuration with mistakes. */
  troubles: readonly TunesmithError[];
}

export interface ProjectOptions {
  /** Overrides the configuration's and the recipe's. */
  model?: string | undefined;
  /** Where neither of them names one. */
  defaultModel?: string | undefined;
  maxLength?: number | undefined;
  target?: LintSettings["target"] | undefined;
}

const defaultModel = "tiny";
const defaultMaxLength = 512;

export function projectOf(path: string, options: ProjectOptions = {}): Project {
  const file = resolve(path);
  const troubles: TunesmithError[] = [];
  const config = attempt(() => findLintConfig(file), troubles);
  const said: Configured | undefined = config && configured(config, file);
  const found = recipeFor(file, troubles);
  const recipe = found?.recipe;
  const part = said?.part ?? (recipe && partInRecipe(recipe, file)) ?? partByName(file);
  const columns = said?.columns ?? recipe?.data.columns ?? undefined;
  const format = said?.format ?? (recipe && recipe.data.format !== "auto" ? recipe.data.format : undefined);
  return {
    settings: {
      target: options.target ?? said?.target ?? "tunesmith",
      rules: said?.rules ?? {},
      ...(format && { format }),
      ...(columns && { columns }),
      ...(part && { part }),
      ...(recipe?.data.train === file && { heldOut: heldOutBy(recipe) }),
    },
    namedBy: said?.isNamed ? "config" : found ? "recipe" : undefined,
    isIgnored: said?.isIgnored === true || isSettings(file),
    isModelChosen: (options.model ?? said?.model ?? recipe?.model) !== undefined,
    model: options.model ?? said?.model ?? recipe?.model ?? options.defaultModel ?? defaultModel,
    maxLength: options.maxLength ?? said?.maxLength ?? recipe?.train.maxLength ?? defaultMaxLength,
    loss: recipe?.train.loss ?? "completions",
    recipe: found?.path,
    config: config?.path,
    siblings: siblingsOf(file, said, recipe, config),
    troubles,
  };
}

/** A pattern such as `*.json` means these, too. */
function isSettings(file: string): boolean {
  const name = basename(file);
  return name === lintConfigName || name.endsWith(".tune.json") || name.endsWith(suppressionsSuffix);
}

function attempt<T>(read: () => T | undefined, troubles: TunesmithError[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TunesmithError)) throw error;
    troubles.push(error);
    return undefined;
  }
}

/** The newest of the recipes beside the file that train or judge with it. */
function recipeFor(file: string, troubles: TunesmithError[]): { path: string; recipe: Recipe } | undefined {
  const folder = dirname(file);
  const candidates = namesIn(folder)
    .filter((name) => name.endsWith(".tune.json"))
    .map((name) => join(folder, name))
    .map((path) => ({ path, changed: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.changed - a.changed);
  for (const { path } of candidates) {
    const recipe = attempt(() => readRecipe(path), troubles);
    if (recipe && partInRecipe(recipe, file)) return { path, recipe };
  }
  return undefined;
}

function heldOutBy({ data }: Recipe): HeldOut {
  const amount = (source: RowSource) => (typeof source === "number" ? source : 0);
  return { validation: amount(data.validation), test: amount(data.test) };
}

function partInRecipe({ data }: Recipe, file: string): Part | undefined {
  return (["train", "validation", "test"] as const).find((part) => data[part] === file);
}

/** "train.jsonl", "banking-test.csv": mlx-lm and others find files by such names. */
export function partByName(path: string): Part | undefined {
  return partNamed(basename(path).replace(/\.\w+$/, ""));
}

/** A name without what says its part: files with the same rest belong together. */
function familyOf(path: string): string {
  const rest = partNames.reduce(
    (stem, [, name]) => stem.replace(name, "*"),
    basename(path).replace(/\.\w+$/, ""),
  );
  return rest.toLowerCase();
}

function siblingsOf(
  file: string,
  said: Configured | undefined,
  recipe: Recipe | undefined,
  config: LintConfig | undefined,
): Sibling[] {
  const found = new Map<string, Part | undefined>();
  if (said?.isNamed && config) {
    for (const { part, pattern } of said.siblings) {
      for (const path of expand(pattern)) if (!found.has(path)) found.set(path, part);
    }
  } else if (recipe) {
    for (const part of ["train", "validation", "test"] as const) {
      const source = recipe.data[part];
      if (typeof source === "string") found.set(source, part);
    }
  } else if (partByName(file)) {
    const folder = dirname(file);
    for (const name of namesIn(folder)) {
      const part = partByName(name);
      const belongs =
        part !== undefined && familyOf(name) === familyOf(file) && extensionOf(name) !== undefined;
      if (belongs) found.set(join(folder, name), part);
    }
  }
  found.delete(file);
  return [...found].map(([path, part]) => ({ path, part }));
}

/** The files that a pattern means; a plain name means itself, if it is there. */
export function expand(pattern: string): string[] {
  if (!/[*?[{]/.test(pattern)) {
    return statSync(pattern, { throwIfNoEntry: false })?.isFile() ? [resolve(pattern)] : [];
  }
  const { base } = picomatch.scan(pattern.split(sep).join("/"));
  const folder = resolve(base || ".");
  const matches = picomatch(resolve(pattern).split(sep).join("/"), { dot: true });
  return filesBelow(folder).filter((path) => matches(path.split(sep).join("/")));
}

/** Folders that hold no datasets of anybody's. */
const skipped = new Set(["node_modules", ".git", ".tunesmith"]);

/** All files in a folder and below, in order of their names. */
export function filesBelow(folder: string): string[] {
  const found: string[] = [];
  for (const entry of entriesIn(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) found.push(...filesBelow(path));
    } else if (entry.isFile()) {
      found.push(path);
    }
  }
  return found.sort((a, b) => relative(folder, a).localeCompare(relative(folder, b)));
}

function entriesIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function namesIn(folder: string): string[] {
  return entriesIn(folder).map(({ name }) => name);
}

/** What a recipe has to say of a dataset that somebody has settled how to read: in its configuration, or another recipe. */
export function readAs(path: string): { format?: string; columns?: ColumnMapping } {
  const { format, columns } = projectOf(path).settings;
  return { ...(format && { format }), ...(columns && { columns }) };
}
