/** `tunesmith pause`: asks a run to save and end. */

import { pauseRun } from "../../jobs/control.ts";
import { findRun } from "../../runs/directory.ts";
import type { RunCommand } from "../command.ts";

export const run: RunCommand = async ({ positionals: [typed] }) => {
  const directory = findRun(typed!, process.cwd());
  pauseRun(directory);
  return { value: { run: directory, asked: "pause" }, text: "It pauses after its current step.\n" };
};
