/** The narrow view under the tree of runs: the selected run's loss, how far it is, and the most useful buttons. */
import { h } from "../common/elements.ts";
import { Headline } from "./headline.ts";
import { LossChart } from "./loss-chart.ts";
import type { Parts } from "./main.ts";
import type { RunData } from "./run-data.ts";

export class Side {
  readonly element: HTMLElement;
  readonly #headline: Headline;
  readonly #loss: LossChart;

  constructor({ monitor, group, announcer, changed }: Parts) {
    this.#headline = new Headline(monitor, false);
    this.#loss = new LossChart(monitor, group, announcer, changed, false);
    this.element = h("div", { class: "side" }, this.#headline.element, this.#loss.element);
  }

  update(run: RunData): void {
    this.#headline.update(run);
    this.#loss.element.hidden = run.steps.length === 0;
    if (run.steps.length > 0) this.#loss.update(run);
  }
}
