/** A run's page: everything there is to know of it, in an editor tab. */
import { section } from "../common/controls.ts";
import { type Child, filled, h, setText } from "../common/elements.ts";
import { count, t } from "../common/text.ts";
import { checkpointTable, dataFacts, machineFacts } from "./facts.ts";
import { Headline } from "./headline.ts";
import { comparisonList, noticeList, sampleList } from "./lists.ts";
import { LogView } from "./log-view.ts";
import { LossChart } from "./loss-chart.ts";
import type { Parts } from "./main.ts";
import type { Monitor } from "./monitor.ts";
import type { RunData } from "./run-data.ts";
import { SmallCharts } from "./small-charts.ts";

/** A section whose content is made when it is open and another than before. */
interface Part {
  element: HTMLDetailsElement;
  update: (run: RunData) => void;
}

export class Page {
  readonly element: HTMLElement;
  readonly #monitor: Monitor;
  readonly #headline: Headline;
  readonly #loss: LossChart;
  readonly #small: SmallCharts;
  readonly #log: LogView;
  readonly #charts: HTMLElement;
  readonly #parts: Part[];
  #last: RunData | undefined;

  constructor({ monitor, group, announcer, changed }: Parts) {
    this.#monitor = monitor;
    this.#headline = new Headline(monitor, true);
    this.#loss = new LossChart(monitor, group, announcer, changed, true);
    this.#small = new SmallCharts(monitor, group, announcer);
    this.#log = new LogView(monitor, () => log.open);
    const log = this.#section("log", t("Log"), false, null, this.#log.element);
    this.#charts = h("div", { class: "charts" }, this.#loss.element, this.#small.element);
    const notices = this.#part("notices", t("Notices"), true, noticeList, {
      of: ({ history }) => history.notices,
      countOf: ({ history }) => history.notices.length,
    });
    const recipe = this.#part("recipe", t("Recipe"), false, recipeText, {
      of: ({ recipe, recipeFile }) => ({ recipe, recipeFile }),
      keyOf: JSON.stringify,
    });
    const comparisons = this.#part(
      "comparisons",
      t("Comparisons"),
      true,
      (all) => comparisonList(all, (run) => void monitor.act("showComparison", run)),
      {
        of: ({ comparisons }) => comparisons,
        countOf: ({ comparisons }) => comparisons.length,
        keyOf: JSON.stringify,
      },
    );
    const samples = this.#part("samples", t("Texts written during training"), true, sampleList, {
      of: ({ history }) => history.samples,
      countOf: ({ history }) => history.samples.length,
    });
    const whole = { of: (run: RunData) => run, keyOf: factsKey };
    const facts = [
      this.#part("data", t("Data"), true, dataFacts, whole),
      this.#part("machine", t("Memory and machine"), true, machineFacts, whole),
      this.#part("checkpoints", t("Checkpoints"), false, checkpointTable, {
        ...whole,
        countOf: ({ history }) => history.checkpoints.length,
      }),
    ];
    this.#parts = [notices, ...facts, samples, comparisons, recipe];
    this.element = h(
      "div",
      { class: "page" },
      this.#headline.element,
      notices.element,
      this.#charts,
      h("div", { class: "columns" }, ...facts.map(({ element }) => element)),
      samples.element,
      comparisons.element,
      recipe.element,
      log,
    );
  }

  update(run: RunData): void {
    this.#last = run;
    this.#headline.update(run);
    this.#charts.hidden = run.steps.length === 0 && run.history.validations.length === 0;
    if (!this.#charts.hidden) {
      this.#loss.update(run);
      this.#small.update(run);
    }
    this.#parts[0]!.element.hidden = run.history.notices.length === 0;
    for (const part of this.#parts) part.update(run);
    this.#log.update();
  }

  #part<T>(
    name: string,
    title: string,
    open: boolean,
    render: (value: T) => Child[],
    {
      of,
      countOf,
      keyOf,
    }: { of: (run: RunData) => T; countOf?: (run: RunData) => number; keyOf?: (value: T) => unknown },
  ): Part {
    const body = h("div");
    const note = h("span", { class: "quiet number" });
    const element = this.#section(name, title, open, note, body);
    // A list that grew is another; one that a new attempt replaced is, too.
    const fill = filled(body, render, keyOf ?? ((value) => listKey(value)));
    return {
      element,
      update: (run) => {
        if (countOf) setText(note, countOf(run) > 0 ? count(countOf(run)) : "");
        if (element.open) fill(of(run));
      },
    };
  }

  #section(name: string, title: string, open: boolean, note: Child, body: HTMLElement): HTMLDetailsElement {
    const { state } = this.#monitor;
    const onToggle = (isOpen: boolean) => {
      state.set({ open: { ...state.value.open, [name]: isOpen } });
      if (isOpen && this.#last) this.update(this.#last);
    };
    return section(title, { open: state.value.open[name] ?? open, onToggle, note }, body);
  }
}

/** Lists only grow, or are replaced by a later attempt's. */
function listKey(value: unknown): unknown {
  const list = value as { time: number }[];
  return `${list.length} ${list.at(-1)?.time ?? 0}`;
}

/** Facts change with every validation and checkpoint; with every step only in figures that can wait a little. */
function factsKey({ history, steps, info }: RunData): string {
  const { data, started, checkpoints, validations, attempts } = history;
  const lists = [checkpoints.length, validations.length, attempts.length];
  return JSON.stringify([
    info.run,
    info.state,
    data,
    started,
    ...lists,
    Math.floor(steps.length / 50),
    steps.length > 0,
  ]);
}

function recipeText({ recipe, recipeFile }: Pick<RunData, "recipe" | "recipeFile">): Child[] {
  if (recipe === "") return [h("p", { class: "quiet" }, t("The recipe cannot be read."))];
  return [
    recipeFile !== null && h("p", { class: "quiet" }, recipeFile),
    h("pre", { class: "block recipe", tabindex: 0, role: "region", "aria-label": t("Recipe") }, recipe),
  ];
}
