/** `tunesmith tune`: makes the run's directory, starts its job and follows it. */
import { dirname, join, relative, resolve } from "node:path";
import { createRun } from "../../runs/directory.ts";
import { runsFolder } from "../../runs/layout.ts";
import { readRecipe, recipeName } from "../../runs/recipe.ts";
import { pauseRun } from "../../trainer/control.ts";
import { spawnJob } from "../../trainer/spawn.ts";
import type { RunCommand } from "../command.ts";
import { follow } from "../follow.ts";
import { outcome } from "./outcome.ts";

export const run: RunCommand = async ({ positionals: [path], values }, json) => {
  const recipe = readRecipe(path!);
  const place =
    typeof values.run === "string"
      ? { directory: resolve(values.run) }
      : { root: join(dirname(resolve(path!)), runsFolder) };
  const directory = createRun(recipeName(path!), recipe, place);
  await spawnJob(directory);
  if (!json) process.stderr.write(`${relative("", directory)}  (Ctrl-C pauses)\n`);
  return outcome(await follow(directory, json, () => pauseRun(directory)));
};
