/** `tunesmith estimate`: what a recipe will need. */
import { dirname, resolve } from "node:path";
import { readRecipe } from "../../runs/recipe.ts";
import { estimateRecipe } from "../../trainer/estimating.ts";
import type { RunCommand } from "../command.ts";

export const run: RunCommand = async ({ positionals: [path] }) => {
  const value = await estimateRecipe(readRecipe(path!), dirname(resolve(path!)));
  const { memory, disk, free, seconds, steps, trainableParameters, parameters } = value;
  const lines = [
    ...value.warnings.map((warning) => `Warning: ${warning}`),
    `trained parameters  ${trainableParameters.toLocaleString("en")} of ${parameters.toLocaleString("en")}`,
    `steps               ${steps}`,
    `time                about ${inWords(seconds)}`,
    `memory              ${megabytes(memory.total)} (free: ${megabytes(free.memory)})`,
    `disk                ${megabytes(disk.total)} (free: ${megabytes(free.disk)})`,
    value.fits ? "It fits." : "It does not fit.",
  ];
  return { value, text: `${lines.join("\n")}\n` };
};

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString("en")} MB`;
}

function inWords(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} minutes`;
}
