/** `tunesmith tune`: makes the run's directory, starts its job and follows it. */
import { dirname, join, relative, resolve } from "node:path";
import { spawnJob } from "../../jobs/spawn.ts";
import { createRun } from "../../runs/directory.ts";
import { runsFolder } from "../../runs/layout.ts";
import { readRecipe, recipeName } from "../../runs/recipe.ts";
import { requireSources } from "../../trainer/sources.ts";
import { path } from "../arguments.ts";
import type { RunCommand } from "../command.ts";
import { follow } from "../follow.ts";
import { outcome } from "./outcome.ts";

export const run: RunCommand = async (given, json) => {
  const file = given.positionals[0]!;
  const recipe = readRecipe(file);
  await requireSources(recipe);
  const wanted = path(given, "run");
  const place = wanted ? { directory: wanted } : { root: join(dirname(resolve(file)), runsFolder) };
  const directory = createRun(recipeName(file), recipe, place);
  if (!json) process.stderr.write(`${relative("", directory) || directory}  (Ctrl-C pauses)\n`);
  return outcome(await follow(directory, () => spawnJob(directory), json));
};
