/** A histogram as a card: its figures, its bars, and by a button the same as a table. */
import type { Histogram } from "../../src/contracts/lint.ts";
import { toggle } from "../common/controls.ts";
import { fill, h, svg } from "../common/elements.ts";
import { count, t } from "../common/text.ts";
import { histogramLayout } from "./histogram-layout.ts";

const height = 110;
/** Below the bars, for ticks. */
const foot = 20;

export class HistogramCard {
  readonly element: HTMLElement;
  readonly #title: string;
  readonly #unit: string;
  readonly #figures = h("p", { class: "quiet figures-line" });
  readonly #plot = h("div", { class: "plot-box" });
  readonly #table = h("div", { class: "table-box", tabindex: 0, role: "region" });
  #histogram: Histogram | undefined;
  #asTable = false;

  constructor(title: string, unit: string) {
    this.#title = title;
    this.#unit = unit;
    this.#table.setAttribute("aria-label", t("{0} as a table", title));
    const switcher = toggle(t("Show “{0}” as a table", title), "table", false, (asTable) => {
      this.#asTable = asTable;
      this.#arrange();
    });
    this.element = h(
      "section",
      { class: "card", "aria-label": title },
      h("div", { class: "card-head" }, h("h3", null, title), switcher.element),
      this.#figures,
      this.#plot,
      this.#table,
    );
    new ResizeObserver(() => this.#draw()).observe(this.#plot);
    this.#arrange();
  }

  show(histogram: Histogram): void {
    const text = JSON.stringify(histogram);
    if (this.#histogram && JSON.stringify(this.#histogram) === text) return;
    this.#histogram = histogram;
    const { median, p95, max } = histogram;
    fill(
      this.#figures,
      t("Median {0} · 95 % have at most {1} · longest {2}", count(median), count(p95), count(max)),
    );
    fill(
      this.#table,
      h(
        "table",
        null,
        h("caption", { class: "visually-hidden" }, this.#title),
        h(
          "thead",
          null,
          h("tr", null, h("th", { scope: "col" }, this.#unit), h("th", { scope: "col" }, t("Rows"))),
        ),
        h(
          "tbody",
          null,
          ...histogram.bins.map((bin) =>
            h("tr", null, h("th", { scope: "row" }, rangeText(bin)), h("td", null, count(bin.rows))),
          ),
        ),
      ),
    );
    this.#draw();
  }

  #arrange(): void {
    this.#plot.hidden = this.#asTable;
    this.#table.hidden = !this.#asTable;
  }

  #draw(): void {
    const width = this.#plot.clientWidth;
    if (!this.#histogram || width < 40) return;
    const layout = histogramLayout(this.#histogram, { width: width - 1, height });
    if (layout.most === 0) {
      fill(this.#plot, h("p", { class: "quiet" }, t("There is nothing to count yet.")));
      return;
    }
    const { bins, median, p95, max } = this.#histogram;
    const mark = (x: number, kind: string) =>
      svg("line", { x1: x, x2: x, y1: 0, y2: height, class: `mark ${kind}` });
    const picture = svg(
      "svg",
      {
        width,
        height: height + foot,
        role: "img",
        "aria-label": t(
          "Histogram of {0}: half have at most {1}, 95 % at most {2}, the longest {3}",
          this.#title,
          count(median),
          count(p95),
          count(max),
        ),
      },
      ...layout.bars.map(({ x, y, width, height, bin }) => {
        const title = svg("title", {});
        title.textContent = t("{0}: {1} rows", rangeText(bins[bin]!), count(bins[bin]!.rows));
        return svg("rect", { x, y, width, height, class: "bar" }, title);
      }),
      svg("line", { x1: 0, x2: width, y1: height, y2: height, class: "axis" }),
      mark(layout.median!, "median"),
      mark(layout.p95!, "p95"),
      ...layout.ticks.map(({ x, value }, i) => {
        const anchor = i === layout.ticks.length - 1 ? "end" : "start";
        const text = svg("text", { x, y: height + foot - 5, "text-anchor": anchor, class: "tick" });
        text.textContent = count(value);
        return text;
      }),
    );
    fill(this.#plot, picture);
  }
}

function rangeText({ from, to }: { from: number; to: number }): string {
  return to - from <= 1 ? count(from) : `${count(from)}–${count(to - 1)}`;
}
