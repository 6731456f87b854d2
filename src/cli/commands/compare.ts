/** `tunesmith compare`: prompting beside the fine-tuned model, as a table, a verdict and a page. */

import { spawnJob } from "../../jobs/spawn.ts";
import { newComparison } from "../../jobs/start.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { findRun } from "../../runs/directory.ts";
import { path, required, wholeNumber } from "../arguments.ts";
import type { Given, RunCommand } from "../command.ts";
import { follow } from "../follow.ts";
import { outcome } from "./outcome.ts";

export const run: RunCommand = async (given, json) => {
  const directory = newComparison({
    run: findRun(given.positionals[0]!, process.cwd()),
    shots: shotCounts(given),
    limit: wholeNumber(given, "limit", 1) ?? null,
    test: path(given, "test") ?? null,
  });
  return outcome(await follow(directory, () => spawnJob(directory), json));
};

function shotCounts(given: Given): number[] {
  const text = required(given, "shots");
  const counts = text.split(",").map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : Number.NaN));
  if (counts.every((count) => count <= 1000)) return [...new Set(counts)];
  throw new TunesmithError(
    "usage",
    `--shots is "${text}"`,
    "Give whole numbers up to 1000 with commas between, such as 0,1,4.",
  );
}
