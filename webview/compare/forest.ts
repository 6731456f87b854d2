/**
 * Fine-tuned minus each way of prompting, with 95 % intervals and a line at zero (a forest plot: S. Lewis and M. Clarke,
 * BMJ 322 (2001) 1479), or the same as a table. Places are percentages, so the plot fits any width with its text at full
 * size; the main comparison is drawn heavier, and what is not shown by its test is hollow.
 */
import type { CompareHead } from "../../src/contracts/compare.ts";
import { inSentence, points, pText } from "../../src/evaluate/figures.ts";
import { type Difference, isShown } from "../../src/evaluate/verdict.ts";
import { section, toggle } from "../common/controls.ts";
import { type Child, filled, h, setText, svg } from "../common/elements.ts";
import { count, t } from "../common/text.ts";
import { type Page, type Part, sectionState, titleOf } from "./page.ts";

export function forestPart(page: Page): Part {
  const about = h("p", { class: "quiet" });
  const body = h("div", { class: "forest" });
  const asTable = toggle(t("As a table"), "table", page.view.value.differencesAsTable, (pressed) => {
    page.view.set({ differencesAsTable: pressed });
    update();
  });
  const element = section(
    t("How much better is the fine-tuned model?"),
    sectionState(page, "differences", true),
    h("div", { class: "with-tool" }, about, asTable.element),
    body,
  );
  const show = filled(
    body,
    ({ comparison }: CompareHead) =>
      page.view.value.differencesAsTable ? [table(page, comparison!)] : plot(page, comparison!),
    ({ comparison }) => JSON.stringify([comparison?.differences, page.view.value.differencesAsTable]),
  );
  const update = () => {
    const main = page.head.comparison?.differences[0];
    element.hidden = !main;
    if (!main) return;
    setText(about, aboutText(main));
    show(page.head);
  };
  return { element, update };
}

type Shown = NonNullable<CompareHead["comparison"]>;

function aboutText({ metricTitle, test, preliminary }: Difference): string {
  const method =
    test === "exact McNemar"
      ? t("Newcombe’s paired interval, exact McNemar test")
      : t("paired bootstrap of the rows");
  const what = t(
    "Difference in {0}, in points, over the same rows, with its 95% interval ({1}).",
    inSentence(metricTitle),
    method,
  );
  const reading = preliminary
    ? t("Rows are still to come: the intervals show nothing yet.")
    : t("An interval that crosses zero shows no difference.");
  return `${what} ${reading}`;
}

/** p, of all but the main comparison after Holm's correction. */
function evidence(difference: Difference, isMain: boolean): string {
  if (difference.preliminary) return "";
  return isMain ? pText(difference.p) : t("{0} (Holm)", pText(difference.pAdjusted));
}

function plot(page: Page, { differences }: Shown): Child[] {
  const { edge, step } = axisOf(differences);
  const place = (value: number) => `${((100 * (value + edge)) / (2 * edge)).toFixed(2)}%`;
  const ticks = Array.from({ length: Math.round((2 * edge) / step) + 1 }, (_, i) => i * step - edge);
  const line = (x1: number, x2: number, y1: number | string, y2: number | string, name: string) =>
    svg("line", { x1: place(x1), x2: place(x2), y1, y2, class: name });
  const grid = () =>
    ticks.map((tick) => line(tick, tick, 0, "100%", Math.abs(tick) < step / 2 ? "zero" : "grid"));
  const row = (difference: Difference, i: number) => {
    const { low, high } = difference.interval;
    const side = difference.preliminary || !isShown(difference) ? "open" : low > 0 ? "ahead" : "behind";
    const spoken = t(
      "{0} points, 95% interval {1} to {2}",
      points(difference.difference),
      points(low),
      points(high),
    );
    const title = titleOf(page, difference.way);
    return h(
      "div",
      { class: `forest-row${i === 0 ? " main" : ""}` },
      h("div", { class: "forest-name" }, t("over"), " ", h("bdi", null, title)),
      svg(
        "svg",
        { role: "img", "aria-label": `${t("Fine-tuned over {0}", title)}: ${spoken}`, height: 30 },
        ...grid(),
        line(low, high, 15, 15, `whisker ${side}`),
        line(low, low, 10, 20, `whisker ${side}`),
        line(high, high, 10, 20, `whisker ${side}`),
        svg("circle", {
          cx: place(difference.difference),
          cy: 15,
          r: i === 0 ? 6 : 4.5,
          class: `dot ${side}`,
        }),
      ),
      h(
        "div",
        { class: "forest-figures" },
        h("b", null, points(difference.difference)),
        h("span", null, t("{0} to {1}", points(low), points(high))),
        h(
          "span",
          { class: "quiet" },
          [`n = ${count(difference.rows)}`, evidence(difference, i === 0)].filter(Boolean).join(", "),
        ),
      ),
    );
  };
  const labels = ticks.map((tick, i) => {
    const anchor = i === 0 ? "start" : i === ticks.length - 1 ? "end" : "middle";
    return text(
      place(tick),
      14,
      anchor,
      tickText(tick, step),
      i % 2 === ((ticks.length - 1) / 2) % 2 ? "" : "minor",
    );
  });
  const axis = svg(
    "svg",
    { "aria-hidden": "true", height: 34 },
    ...labels,
    text("25%", 31, "middle", t("← prompting better"), "side"),
    text("75%", 31, "middle", t("fine-tuned better →"), "side"),
  );
  return [...differences.map(row), h("div", { class: "forest-row axis" }, h("div"), axis, h("div"))];
}

/** An axis as far to the left as to the right, with a round number of points a step. */
export function axisOf(differences: readonly Pick<Difference, "interval">[]): { edge: number; step: number } {
  const reach = Math.max(0.05, ...differences.flatMap(({ interval }) => [-interval.low, interval.high]));
  const rough = reach / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9))!;
  return { edge: Math.ceil(reach / step - 1e-9) * step, step };
}

function tickText(tick: number, step: number): string {
  const digits = Math.max(0, -Math.floor(Math.log10(100 * step) + 1e-9));
  const size = Math.abs(100 * tick).toFixed(digits);
  return Number(size) === 0 ? "0" : `${tick < 0 ? "−" : "+"}${size}`;
}

function text(x: string, y: number, anchor: string, words: string, name: string): SVGElement {
  const element = svg("text", { x, y, "text-anchor": anchor, class: name });
  element.textContent = words;
  return element;
}

function table(page: Page, { differences }: Shown): HTMLElement {
  const columns = [t("Fine-tuned over"), t("Difference"), t("95% interval"), t("Rows"), "p"];
  const row = (difference: Difference, i: number) => {
    const { low, high } = difference.interval;
    return h(
      "tr",
      { class: i === 0 ? "tuned" : undefined },
      h("th", { scope: "row" }, h("bdi", null, titleOf(page, difference.way))),
      h("td", null, points(difference.difference)),
      h("td", null, t("{0} to {1}", points(low), points(high))),
      h("td", null, count(difference.rows)),
      h("td", null, evidence(difference, i === 0) || "–"),
    );
  };
  const head = h("tr", null, ...columns.map((column) => h("th", { scope: "col" }, column)));
  const whole = h(
    "table",
    { class: "figures" },
    h("thead", null, head),
    h("tbody", null, ...differences.map(row)),
  );
  return h(
    "div",
    { class: "scroll", role: "region", tabindex: 0, "aria-label": t("Differences, table") },
    whole,
  );
}
