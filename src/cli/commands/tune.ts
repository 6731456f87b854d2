/** `tunesmith tune`: makes the run's directory, starts its job and follows it. */
import { relative } from "node:path";
import { spawnJob } from "../../jobs/spawn.ts";
import { newRun } from "../../jobs/start.ts";
import { path } from "../arguments.ts";
import type { RunCommand } from "../command.ts";
import { follow } from "../follow.ts";
import { outcome } from "./outcome.ts";

export const run: RunCommand = async (given, json) => {
  const directory = await newRun(given.positionals[0]!, path(given, "run"));
  const promise = `${relative("", directory) || directory}  (Ctrl-C pauses)\n`;
  return outcome(await follow(directory, () => spawnJob(directory), json, promise));
};
