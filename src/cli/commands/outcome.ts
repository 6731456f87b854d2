/** How a job ended, and what to do next. */
import { join, relative } from "node:path";
import { terminalSummary } from "../../evaluate/table.ts";
import { isJsonObject } from "../../json/object.ts";
import { readComparison, writeComparisonPage } from "../../runs/comparison-page.ts";
import type { RunSummary } from "../../runs/reader.ts";
import type { Told } from "../command.ts";
import { interruptedCode } from "../follow.ts";

export function outcome(run: RunSummary): Told {
  const { directory, state, history, comparison } = run;
  const short = relative("", directory) || directory;
  // A warning is said anew by every attempt.
  const said = history.notices.filter(({ level }) => level === "warning").map(({ message }) => message);
  const warnings = [...new Set([...said, ...run.problems])];
  const facts = { [comparison ? "comparison" : "run"]: directory, state, warnings };
  if (state === "paused") {
    return {
      value: { ...facts, ...(!comparison && { steps: stepsOf(run) }) },
      text: inWords(warnings, `Paused. Go on with: tunesmith resume ${short}`),
      exitCode: interruptedCode,
    };
  }
  if (comparison) {
    const judged = readComparison(directory);
    const page = writeComparisonPage(directory, judged, comparison.run);
    const { summaries, verdict, differences } = judged;
    return {
      value: { ...facts, page, verdict, summaries, differences },
      text: inWords(warnings, `${terminalSummary(judged)}\n\nPage: ${relative("", page)}`),
    };
  }
  const { result } = run;
  const value = { ...facts, steps: stepsOf(run), result };
  if (!isJsonObject(result)) return { value, text: inWords(warnings, `${state}: ${short}`) };
  const loss =
    typeof result.validationLoss === "number" ? `, validation loss ${result.validationLoss.toFixed(4)}` : "";
  return {
    value,
    text: inWords(
      warnings,
      `${state === "done" ? "Done" : "Stopped"} at step ${result.step}${loss}.`,
      `  ${join(short, String(result.folder))}`,
      `Next: tunesmith compare ${short}`,
    ),
  };
}

function stepsOf({ history }: RunSummary): number {
  return history.steps.at(-1)?.step ?? 0;
}

function inWords(warnings: readonly string[], ...lines: string[]): string {
  return [...warnings.map((warning) => `Warning: ${warning}`), ...lines, ""].join("\n");
}
