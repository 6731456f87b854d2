/** What a finished comparison shows: its judgement, and the page that stands by itself. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Comparison } from "../evaluate/comparison.ts";
import type { Note } from "../evaluate/notes.ts";
import type { TrainingCurves } from "../evaluate/page/charts.ts";
import { renderComparisonPage } from "../evaluate/page/page.ts";
import { summarise } from "../evaluate/summarise.ts";
import { isJsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { parseRecord } from "./comparison-check.ts";
import { readJson } from "./durable.ts";
import { files } from "./layout.ts";
import { readNotes } from "./notes.ts";
import { readRun } from "./reader.ts";

export const pageFile = "comparison.html";

/** Judges the record of a finished comparison. @throws `run-corrupt` */
export function readComparison(directory: string): Comparison {
  const path = join(directory, files.result);
  try {
    return summarise(parseRecord(readJson(path)));
  } catch (error) {
    const problem = (error as Error).message;
    throw new TunesmithError("run-corrupt", `${path} cannot be read: ${problem}`, "Compare again.");
  }
}

/** Writes the comparison's page, with the training's loss plot and people's notes, and returns its path. */
export function writeComparisonPage(directory: string, comparison: Comparison, run: string): string {
  const path = join(directory, pageFile);
  writeFileSync(path, renderComparisonPage(comparison, trainingCurves(run), notesThere(directory)));
  return path;
}

/** None where they cannot be read: the page is about something else, and the notes stay where they are. */
function notesThere(directory: string): Note[] {
  try {
    return readNotes(directory);
  } catch {
    return [];
  }
}

/** What a page plots of the training; of a run that is gone, nothing. */
export function trainingCurves(run: string): TrainingCurves {
  const { history, recipe, result } = readRun(run);
  return {
    trainLoss: history.steps.map(({ step, loss }) => [step, loss] as const),
    validationLoss: history.validations.map(({ step, loss }) => [step, loss] as const),
    ...(isJsonObject(result) && typeof result.step === "number" && { bestStep: result.step }),
    ...(recipe && {
      settings: [
        ["model", recipe.model],
        ...Object.entries(recipe.method).map(([name, value]) => [
          name === "name" ? "method" : name,
          String(value),
        ]),
        ["learning rate", String(recipe.train.learningRate)],
        ["batch size", `${recipe.train.batchSize} × ${recipe.train.gradientAccumulation}`],
      ] as [string, string][],
    }),
  };
}
