/** All that a panel knows of one run: a snapshot, and what came after it. Pure. */
import type { RunInfo, RunSnapshot } from "../../src/contracts/monitor.ts";
import { addEvent, emptyHistory, type RunEvent, type RunHistory } from "../../src/runs/schema.ts";
import { Steps } from "./steps.ts";

export class RunData {
  info: RunInfo;
  /** Everything but the steps, which are columns. */
  readonly history: RunHistory = emptyHistory();
  readonly steps: Steps;
  readonly recipe: string;
  readonly recipeFile: string | null;
  comparisons: readonly RunInfo[];
  isGone = false;

  constructor({ info, events, steps, recipe, recipeFile, comparisons }: RunSnapshot) {
    this.info = info;
    this.steps = new Steps(steps);
    this.recipe = recipe;
    this.recipeFile = recipeFile;
    this.comparisons = comparisons;
    // The columns of a snapshot hold what its attempts left over already.
    for (const event of events) addEvent(this.history, event);
  }

  add(info: RunInfo, events: readonly RunEvent[], comparisons = this.comparisons): void {
    this.info = info;
    this.comparisons = comparisons;
    for (const event of events) {
      if (event.type === "step") {
        this.steps.add(event);
        continue;
      }
      if (event.type === "attempt") this.steps.keepThrough(event.resumedStep);
      addEvent(this.history, event);
    }
  }
}
