/** `tunesmith compare`: prompting beside the fine-tuned model, as a table, a verdict and a page. */
import { relative, resolve } from "node:path";
import { terminalSummary } from "../../evaluate/table.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { createComparison, findRun } from "../../runs/directory.ts";
import { readComparison, writeComparisonPage } from "../../trainer/comparison-page.ts";
import { pauseRun } from "../../trainer/control.ts";
import { spawnJob } from "../../trainer/spawn.ts";
import { required, wholeNumber } from "../arguments.ts";
import type { Given, RunCommand } from "../command.ts";
import { follow } from "../follow.ts";

export const run: RunCommand = async (given, json) => {
  const tuned = findRun(given.positionals[0]!, process.cwd());
  const { test } = given.values;
  const directory = createComparison({
    run: tuned,
    shots: shotCounts(given),
    limit: wholeNumber(given, "limit", 1) ?? null,
    test: typeof test === "string" ? resolve(test) : null,
  });
  await spawnJob(directory);
  const { state } = await follow(directory, json, () => pauseRun(directory));
  const short = relative("", directory) || directory;
  if (state !== "done") {
    return {
      value: { comparison: directory, state },
      text: `Paused. Go on with: tunesmith resume ${short}\n`,
    };
  }
  const comparison = readComparison(directory);
  const page = writeComparisonPage(directory, comparison, tuned);
  const { summaries, verdict, differences } = comparison;
  return {
    value: { comparison: directory, page, verdict, summaries, differences },
    text: `${terminalSummary(comparison)}\n\nPage: ${relative("", page)}\n`,
  };
};

function shotCounts(given: Given): number[] {
  const text = required(given, "shots");
  const counts = text.split(",").map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : Number.NaN));
  if (counts.every((count) => Number.isSafeInteger(count) && count <= 1000)) return counts;
  throw new TunesmithError(
    "usage",
    `--shots is "${text}"`,
    "Give whole numbers with commas between, such as 0,1,4.",
  );
}
