/** `tunesmith runs`: the runs of this folder, oldest first. */
import { findRunsFolder } from "../../runs/directory.ts";
import { listRuns } from "../../runs/reader.ts";
import { bestValidation } from "../../runs/schema.ts";
import type { RunCommand } from "../command.ts";

export const run: RunCommand = async () => {
  const folder = findRunsFolder(process.cwd());
  const runs = (folder ? listRuns(folder) : []).map(({ id, directory, state, history, problems }) => ({
    id,
    directory,
    state,
    step: history.steps.at(-1)?.step ?? 0,
    totalSteps: history.started?.totalSteps ?? null,
    loss: history.steps.at(-1)?.loss ?? null,
    validationLoss: bestValidation(history)?.loss ?? null,
    problems,
  }));
  const figure = (value: number | null) => (value === null ? "–" : value.toFixed(4));
  const rows = runs.map((each) => [
    each.id,
    each.state,
    `${each.step}/${each.totalSteps ?? "?"}`,
    figure(each.loss),
    figure(each.validationLoss),
  ]);
  const table = [["run", "state", "step", "loss", "best validation"], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
  return {
    value: { runs },
    text:
      runs.length > 0
        ? `${[...lines, ...runs.flatMap(({ id, problems }) => problems.map((problem) => `${id}: ${problem}`))].join("\n")}\n`
        : "There are no runs here yet.\n",
  };
};
