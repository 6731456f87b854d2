/** Figures and runs as an agent reads them. In English: it is a model that reads. */
import type { RunInfo } from "../../contracts/monitor.ts";
import type { RecipeOutlook } from "../../contracts/session.ts";
import { count, duration } from "../../evaluate/figures.ts";
import { formatBytes } from "../../protocol/refusals.ts";
import { parameters } from "../start/words.ts";

/** "needs about 1.2 GB of memory (6 GB free) and 20 MB of disk (40 GB free), about 4 min for 104 steps" */
export function cost(outlook: RecipeOutlook): string {
  const { memoryBytes, freeMemoryBytes, diskBytes, freeDiskBytes, seconds, steps } = outlook;
  return [
    `needs about ${formatBytes(memoryBytes)} of memory (${formatBytes(freeMemoryBytes)} free)`,
    ` and ${formatBytes(diskBytes)} of disk (${formatBytes(freeDiskBytes)} free),`,
    ` about ${duration(seconds)} for ${count(steps)} steps`,
  ].join("");
}

export function trained({ trainableParameters, parameters: all }: RecipeOutlook): string {
  return `${parameters(trainableParameters)} of ${parameters(all)} parameters`;
}

/** What would make it fit, with what to write into the recipe. */
export function changesInWords({ changes }: RecipeOutlook): string[] {
  if (changes.length === 0) return ["No change of the settings makes it fit: take a smaller model."];
  const each = changes.map(
    ({ inWords, patch, memoryBytes, seconds }) =>
      `- ${inWords}: ${formatBytes(memoryBytes)} of memory, ${duration(seconds)}. In the recipe: ${JSON.stringify(patch)}`,
  );
  return ["Changes that make it fit, the cheapest first:", ...each];
}

export function runInWords(info: RunInfo): string {
  const { state, asked, step, totalSteps, loss, bestValidationLoss, secondsLeft, phase, problem, model } =
    info;
  const facts = [
    asked ? `${state}, asked to ${asked}` : state,
    phase,
    totalSteps !== null && `step ${step} of ${totalSteps}`,
    loss !== null && `training loss ${loss.toFixed(3)}`,
    bestValidationLoss !== null && `best validation loss ${bestValidationLoss.toFixed(3)}`,
    secondsLeft !== null && `about ${duration(secondsLeft)} left`,
    model && `model ${model}`,
  ];
  const line = `${info.run.split(/[\\/]/).at(-1)} (“${info.name}”): ${facts.filter(Boolean).join(", ")}`;
  return problem ? `${line}\n  Problem: ${problem.message} ${problem.hint}`.trimEnd() : line;
}
