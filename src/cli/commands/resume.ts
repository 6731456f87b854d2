/** `tunesmith resume`: lets a run go on, and follows it. */
import { findRun } from "../../runs/directory.ts";
import { pauseRun, resumeRun } from "../../trainer/control.ts";
import type { RunCommand } from "../command.ts";
import { follow } from "../follow.ts";
import { outcome } from "./outcome.ts";

export const run: RunCommand = async ({ positionals: [typed] }, json) => {
  const directory = findRun(typed!, process.cwd());
  await resumeRun(directory);
  return outcome(await follow(directory, json, () => pauseRun(directory)));
};
