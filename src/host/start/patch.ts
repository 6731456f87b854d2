/** A change of a recipe, as an outlook offers it: its settings go over the recipe's own. */
import type { RecipeOutlook } from "../../contracts/session.ts";
import { isJsonObject } from "../../json/object.ts";

export type Patch = RecipeOutlook["changes"][number]["patch"];

export function patched<R extends { method: Record<string, unknown>; train: Record<string, unknown> }>(
  recipe: R,
  patch: Patch | undefined,
): R {
  if (!patch) return recipe;
  const { method, train } = patch;
  return {
    ...recipe,
    ...(isJsonObject(method) && { method }),
    train: { ...recipe.train, ...(isJsonObject(train) && train) },
  };
}
