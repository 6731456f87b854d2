/** What a finished comparison shows: its judgement, and the page that stands by itself. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Comparison, ComparisonRecord } from "../evaluate/comparison.ts";
import { renderComparisonPage } from "../evaluate/page/page.ts";
import { summarise } from "../evaluate/summarise.ts";
import { isJsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { files } from "../runs/layout.ts";
import { type RunSummary, readRun } from "../runs/reader.ts";

export const pageFile = "comparison.html";

/** Judges the record of a finished comparison. @throws `run-corrupt` */
export function readComparison(directory: string): Comparison {
  const path = join(directory, files.result);
  let record: unknown;
  try {
    record = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new TunesmithError(
      "run-corrupt",
      `${path} cannot be read: ${(error as Error).message}`,
      "Compare again.",
    );
  }
  if (!isJsonObject(record) || record.format !== "tunesmith-comparison-1") {
    throw new TunesmithError("run-corrupt", `${path} is no comparison`, "Compare again.");
  }
  return summarise(record as unknown as ComparisonRecord);
}

/** Writes the comparison's page, with the training's loss plot, and returns its path. */
export function writeComparisonPage(directory: string, comparison: Comparison, run: string): string {
  const path = join(directory, pageFile);
  writeFileSync(path, renderComparisonPage(comparison, curvesOf(readRun(run))));
  return path;
}

function curvesOf({ history, recipe, result }: RunSummary) {
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
