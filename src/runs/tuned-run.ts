/** A tuning run as a comparison needs it: with its result. */
import { isJsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { openRun } from "./reader.ts";
import type { Recipe } from "./recipe.ts";

export interface TunedRun {
  recipe: Recipe;
  /** Where its result lies in its directory. */
  folder: string;
  trainingSeconds: number;
  began: Date;
}

/** A run that can be compared. @throws `run-state` if it is no tuning run, or has left no result yet */
export function tunedRun(directory: string): TunedRun {
  const { recipe, result, job } = openRun(directory);
  if (!recipe || !job) {
    throw new TunesmithError("run-state", `${directory} is no tuning run`, "Compare takes a tuning run.");
  }
  if (
    isJsonObject(result) &&
    typeof result.folder === "string" &&
    typeof result.trainingSeconds === "number"
  ) {
    const { folder, trainingSeconds } = result;
    return { recipe, folder, trainingSeconds, began: new Date(job.created) };
  }
  throw new TunesmithError(
    "run-state",
    `${directory} has no result yet`,
    "Let it finish, or stop it to keep what it has learned.",
  );
}
