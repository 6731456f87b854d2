/** A run as one message: the figures of its steps as arrays, everything else as it was written. */
import { type RunSnapshot, type StepColumns, stepColumns } from "../../contracts/monitor.ts";
import type { RunEvent, RunHistory } from "../../runs/schema.ts";
import type { KnownRun } from "../runs/store.ts";

export function snapshotOf({ summary, info, comparisons }: KnownRun): RunSnapshot {
  const { recipe, history } = summary;
  return {
    info,
    recipe: recipe ? JSON.stringify(recipe, null, 2) : "",
    recipeFile: null,
    steps: columnsOf(history.steps),
    events: otherEvents(history),
    comparisons: comparisons.map((comparison) => comparison.info),
  };
}

function columnsOf(steps: readonly RunEvent<"step">[]): StepColumns {
  const column = (name: (typeof stepColumns)[number]) => Float64Array.from(steps, (step) => step[name]);
  return Object.fromEntries(stepColumns.map((name) => [name, column(name)])) as StepColumns;
}

/** In the order they were written, which their times keep. */
function otherEvents(history: RunHistory): RunEvent[] {
  const { attempts, progress, data, started, validations, samples, checkpoints, notices, ended } = history;
  const single = [progress, data, started, ended].filter((event) => event !== null);
  // Attempts first: one that resumes takes back what came after its checkpoint, and of that nothing is left here.
  const rest: RunEvent[] = [...single, ...validations, ...samples, ...checkpoints, ...notices];
  return [...attempts, ...rest.sort((a, b) => a.time - b.time)];
}
