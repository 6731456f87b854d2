/** A chart under a heading: a plot or, by a button, the same as a table; and a legend with the values at the crosshair. */
import "./chart.css";
import type { Announcer } from "./announce.ts";
import type { ChartGroup } from "./chart-group.ts";
import { toggle } from "./controls.ts";
import { type Child, fill, h } from "./elements.ts";
import { Legend } from "./legend.ts";
import { tableRows } from "./lines.ts";
import { Plot, type PlotContent, type PlotOptions } from "./plot.ts";
import { count, t } from "./text.ts";

export interface ChartOptions extends PlotOptions {
  title: string;
  /** Its heading's level. */
  level: 2 | 3;
  /** Whether it starts as a table. */
  asTable: boolean;
  onTable: (asTable: boolean) => void;
  remove?: (line: string) => (() => void) | null;
  /** Further controls, at the heading. */
  tools?: Child[];
  /** A small chart: one quantity, which its heading names. */
  small?: boolean;
}

/** A table that a person reads is not pulled away under the eyes four times a second. */
const tableEveryMs = 10_000;

export class Chart {
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #group: ChartGroup;
  readonly #plot: Plot;
  readonly #legend: Legend;
  readonly #table = h("div", { class: "chart-table", tabindex: 0, role: "region" });
  #content: PlotContent | undefined;
  #asTable: boolean;
  #tabled = { at: Number.NEGATIVE_INFINITY, of: "" };

  constructor(options: ChartOptions, group: ChartGroup, announcer: Announcer) {
    this.#options = options;
    this.#group = group;
    this.#asTable = options.asTable;
    const keysHelp = t(
      "Arrow keys move the crosshair, Home and End go to its ends. Plus and minus zoom, Shift with an arrow moves, Escape shows everything.",
    );
    const read = () => announcer.answer(this.#legend.text(this.#content?.lines ?? [], group.at));
    this.#plot = new Plot(options, group, read, keysHelp);
    this.#legend = new Legend({
      placeText: (x) => `${this.#content!.xName} ${this.#content!.xText(x)}`,
      valueText: options.yText,
      isNamed: options.small === true,
      ...(options.remove && { remove: options.remove }),
    });
    this.#table.setAttribute("aria-label", t("{0} as a table", options.title));
    const switcher = toggle(t("Show “{0}” as a table", options.title), "table", this.#asTable, (asTable) => {
      this.#asTable = asTable;
      options.onTable(asTable);
      this.#arrange();
    });
    const head = h(
      "div",
      { class: "chart-head" },
      h(`h${options.level}`, null, options.title),
      h("div", { class: "chart-tools" }, ...(options.tools ?? []), switcher.element),
    );
    this.element = h(
      "section",
      { class: `chart${options.small ? " chart-small" : ""}`, "aria-label": options.title },
      head,
      this.#plot.element,
      this.#table,
      this.#legend.element,
    );
    group.follow((change) => (change === "at" ? this.#showLegend() : this.#showTable()));
    this.#arrange();
  }

  show(content: PlotContent): void {
    this.#content = content;
    this.#plot.show(content);
    this.#showLegend();
    this.#showTable();
  }

  #arrange(): void {
    this.#plot.element.hidden = this.#asTable;
    this.#table.hidden = !this.#asTable;
    this.#showTable();
  }

  #showLegend(): void {
    if (this.#content) this.#legend.show(this.#content.lines, this.#group.at);
  }

  #showTable(): void {
    const { ranges } = this.#plot;
    if (!this.#asTable || !this.#content || !ranges) return;
    const { lines, xName, xText } = this.#content;
    const named = lines.filter(({ quiet }) => !quiet);
    const of = JSON.stringify([this.#group.range, xName, named.map(({ id }) => id)]);
    if (this.#tabled.of === of && performance.now() - this.#tabled.at < tableEveryMs) return;
    this.#tabled = { at: performance.now(), of };
    const { rows, of: all } = tableRows(named, ranges.shown);
    const caption =
      rows.length < all
        ? t("{0} of {1} points, evenly chosen", count(rows.length), count(all))
        : t("{0} points", count(all));
    const cell = (value: number | null) => h("td", null, value === null ? "" : this.#options.yText(value));
    fill(
      this.#table,
      h(
        "table",
        null,
        h("caption", null, caption),
        h(
          "thead",
          null,
          h(
            "tr",
            null,
            ...[xName, ...named.map(({ label }) => label)].map((name) => h("th", { scope: "col" }, name)),
          ),
        ),
        h(
          "tbody",
          null,
          ...rows.map(({ x, values }) =>
            h("tr", null, h("th", { scope: "row" }, xText(x)), ...values.map(cell)),
          ),
        ),
      ),
    );
  }
}
