/** A run's page: everything there is to know of it, in an editor tab. */
import { h } from "../common/elements.ts";
import { t } from "../common/text.ts";
import { checkpointTable, dataFacts, machineFacts } from "./facts.ts";
import { Headline } from "./headline.ts";
import { comparisonList, noticeList, recipeText, sampleList } from "./lists.ts";
import { LogView } from "./log-view.ts";
import { LossChart } from "./loss-chart.ts";
import type { Parts } from "./main.ts";
import { PagePart, type PartOptions } from "./page-part.ts";
import type { RunData } from "./run-data.ts";
import { SmallCharts } from "./small-charts.ts";

export class Page {
  readonly element: HTMLElement;
  readonly #headline: Headline;
  readonly #loss: LossChart;
  readonly #small: SmallCharts;
  readonly #log: LogView;
  readonly #charts: HTMLElement;
  readonly #parts: PagePart[];

  constructor({ monitor, group, announcer, changed }: Parts) {
    this.#headline = new Headline(monitor, true);
    this.#loss = new LossChart(monitor, group, announcer, changed, true);
    this.#small = new SmallCharts(monitor, group, announcer);
    this.#charts = h("div", { class: "charts" }, this.#loss.element, this.#small.element);
    const part = (options: PartOptions) => new PagePart(options, monitor.state, changed);
    const notices = part({
      name: "notices",
      title: t("Notices"),
      render: ({ history }) => noticeList(history.notices),
      keyOf: ({ history }) => listKey(history.notices),
      countOf: ({ history }) => history.notices.length,
    });
    const facts = [
      part({
        name: "data",
        title: t("Data"),
        render: dataFacts,
        keyOf: factsKey,
        isThere: ({ history }) => history.data !== null,
      }),
      part({
        name: "machine",
        title: t("Memory and machine"),
        render: machineFacts,
        keyOf: factsKey,
        isThere: ({ history }) => history.attempts.length > 0,
      }),
      part({
        name: "checkpoints",
        title: t("Checkpoints"),
        render: checkpointTable,
        keyOf: factsKey,
        countOf: ({ history }) => history.checkpoints.length,
      }),
    ];
    const samples = part({
      name: "samples",
      title: t("Texts written during training"),
      render: ({ history }) => sampleList(history.samples),
      keyOf: ({ history }) => listKey(history.samples),
      countOf: ({ history }) => history.samples.length,
    });
    const comparisons = part({
      name: "comparisons",
      title: t("Comparisons"),
      render: (run) =>
        comparisonList(run.comparisons, (each) => void this.#headline.act("showComparison", each)),
      keyOf: (run) => JSON.stringify(run.comparisons),
      countOf: (run) => run.comparisons.length,
      isThere: ({ info, comparisons }) => comparisons.length > 0 || ["done", "stopped"].includes(info.state),
    });
    const recipe = part({
      name: "recipe",
      title: t("Recipe"),
      closed: true,
      render: recipeText,
      keyOf: ({ recipe, recipeFile }) => `${recipeFile}\n${recipe}`,
      isThere: ({ recipe }) => recipe !== "",
    });
    this.#log = new LogView(monitor, () => void this.#headline.act("openLog"));
    const log = part({
      name: "log",
      title: t("Log"),
      closed: true,
      render: () => [this.#log.element],
      keyOf: () => "log",
      isThere: ({ info }) => info.state !== "created",
      onShow: () => this.#log.update(),
    });
    this.#parts = [notices, ...facts, samples, comparisons, recipe, log];
    this.element = h(
      "div",
      { class: "page" },
      this.#headline.element,
      notices.element,
      this.#charts,
      h("div", { class: "columns" }, ...facts.map(({ element }) => element)),
      ...[samples, comparisons, recipe, log].map(({ element }) => element),
    );
  }

  update(run: RunData): void {
    this.#headline.update(run);
    this.#charts.hidden = run.steps.length === 0 && run.history.validations.length === 0;
    if (!this.#charts.hidden) {
      this.#loss.update(run);
      this.#small.update(run);
    }
    for (const part of this.#parts) part.update(run);
  }
}

/** Lists only grow, or are replaced by a later attempt's. */
function listKey(list: readonly { time: number }[]): string {
  return `${list.length} ${list.at(-1)?.time ?? 0}`;
}

/** Facts change with every validation and checkpoint; figures of every step can wait for fifty of them. */
function factsKey({ history, steps, info }: RunData): string {
  const { data, started, checkpoints, validations, attempts } = history;
  const lengths = [checkpoints.length, validations.length, attempts.length, Math.ceil(steps.length / 50)];
  return JSON.stringify([info.state, data, started, lengths]);
}
