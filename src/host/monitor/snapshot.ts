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

/** In the order they were written: among the kinds as their times tell it, in each kind for certain. */
function otherEvents(history: RunHistory): RunEvent[] {
  const { attempts, progress, data, started, validations, samples, checkpoints, notices, ended } = history;
  const single = [progress, data, started, ended].flatMap((event) => (event ? [[event]] : []));
  const rest = [...single, validations, samples, checkpoints, notices].flatMap(withTimes);
  // Attempts first: one that resumes takes back what came after its checkpoint, and of that nothing is left here.
  return [...attempts, ...rest.sort((a, b) => a.time - b.time).map(({ event }) => event)];
}

/** Times that never run back, as those do that are taken from a clock which somebody sets. */
function withTimes(events: readonly RunEvent[]): { event: RunEvent; time: number }[] {
  let time = Number.NEGATIVE_INFINITY;
  return events.map((event) => {
    time = Math.max(time, event.time);
    return { event, time };
  });
}
