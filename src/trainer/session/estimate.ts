/** What a recipe will need, and what would fit instead. */
import type { RecipeOutlook, Session } from "../../contracts/session.ts";
import type { Asked, Params, Progress } from "../../protocol/channel.ts";
import { resolveRecipe } from "../../runs/recipe.ts";
import { estimateRecipe, type RecipeEstimate } from "../estimating.ts";

export async function estimate(
  { recipe, directory }: Params<Session, "estimate">,
  { progress }: Asked<Progress<Session, "estimate">>,
): Promise<RecipeOutlook> {
  const found = await estimateRecipe(resolveRecipe(recipe, directory), directory, (phase, done, total) =>
    progress({ phase, done, total }),
  );
  return recipeOutlook(found, found.warnings);
}

/** An estimate as it is sent. */
export function recipeOutlook(
  found: Omit<RecipeEstimate, "warnings">,
  warnings: readonly string[],
): RecipeOutlook {
  const { memory, disk, free, fits, steps, seconds, parameters, trainableParameters } = found;
  return {
    fits,
    parameters,
    trainableParameters,
    steps,
    seconds,
    memoryBytes: memory.total,
    freeMemoryBytes: free.memory,
    diskBytes: disk.total,
    freeDiskBytes: free.disk,
    warnings: [...warnings],
    changes: found.changes.map((change) => ({
      inWords: change.inWords,
      patch: { ...(change.method && { method: change.method }), train: change.settings },
      memoryBytes: change.estimate.memory.total,
      seconds: change.estimate.seconds,
    })),
  };
}
