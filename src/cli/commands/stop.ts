/** `tunesmith stop`: ends a run and keeps what it has learned. */

import { stopRun } from "../../jobs/control.ts";
import { findRun } from "../../runs/directory.ts";
import type { RunCommand } from "../command.ts";

export const run: RunCommand = async ({ positionals: [typed] }) => {
  const directory = findRun(typed!, process.cwd());
  await stopRun(directory);
  return {
    value: { run: directory, asked: "stop" },
    text: "It stops after its current step and leaves its result.\n",
  };
};
