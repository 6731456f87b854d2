/** `tunesmith resume`: lets a run or a comparison go on, and follows it. */

import { resumeRun } from "../../jobs/control.ts";
import { findRun } from "../../runs/directory.ts";
import type { RunCommand } from "../command.ts";
import { follow } from "../follow.ts";
import { outcome } from "./outcome.ts";

export const run: RunCommand = async ({ positionals: [typed] }, json) => {
  const directory = findRun(typed!, process.cwd());
  return outcome(await follow(directory, () => resumeRun(directory), json));
};
