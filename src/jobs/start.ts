/** Starts a new job from what it is described by: checked first, and nothing is left of one that cannot begin. */
import { dirname, join, resolve } from "node:path";
import { type ComparisonSettings, createComparison, createRun } from "../runs/directory.ts";
import { runsFolder } from "../runs/layout.ts";
import { readRecipe, recipeName } from "../runs/recipe.ts";
import { requireFile, requireSources } from "../runs/sources.ts";
import { tunedRun } from "../runs/tuned-run.ts";

/**
 * The directory of a new run of a recipe file, ready for `spawnJob`.
 *
 * @param directory the run's own; by default one in .tunesmith/runs beside the recipe
 * @throws `recipe-invalid`, `file-not-found`, `model-folder-invalid`, `architecture-unsupported`, `run-state`
 */
export async function newRun(recipeFile: string, directory?: string): Promise<string> {
  const recipe = readRecipe(recipeFile);
  await requireSources(recipe);
  const place = directory ? { directory } : { root: join(dirname(resolve(recipeFile)), runsFolder) };
  return createRun(recipeName(recipeFile), recipe, place);
}

/** The directory of a new comparison, ready for `spawnJob`. @throws `run-state`, `file-not-found` */
export function newComparison(settings: ComparisonSettings): string {
  tunedRun(settings.run);
  if (settings.test !== null) requireFile(settings.test);
  return createComparison(settings);
}
