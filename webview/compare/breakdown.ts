/** A closer look at one way of asking: which labels are taken for which, or which fields are right. */
import type { ConfusionBreakdown, FieldBreakdown } from "../../src/evaluate/metrics/metric.ts";
import { section } from "../common/controls.ts";
import { type Child, filled, h, setText } from "../common/elements.ts";
import { count, percent, t } from "../common/text.ts";
import { type Page, type Part, sectionState, titleOf } from "./page.ts";

/** Beyond this many labels a matrix is no longer readable, and the frequent confusions are listed instead. */
const largestMatrix = 16;

export function breakdownPart(page: Page): Part {
  const about = h("p", { class: "quiet" });
  const switches = h("div", { class: "chips", role: "group", "aria-label": t("Way of asking") });
  const body = h("div", { class: "closer-look" });
  const element = section(
    t("Closer look"),
    sectionState(page, "breakdown", false),
    h("div", { class: "with-tool" }, about),
    switches,
    body,
  );
  const summaries = () => (page.head.comparison?.summaries ?? []).filter(({ breakdown }) => breakdown);
  const chosen = () => {
    const { breakdownWay } = page.view.value;
    const is = (wanted: string | undefined) => summaries().find(({ way }) => way === wanted);
    return is(breakdownWay) ?? is(page.head.comparison?.tuned) ?? summaries()[0];
  };
  const showSwitches = filled(switches, (ways: string[]) =>
    ways.map((way) =>
      h(
        "button",
        {
          type: "button",
          class: "chip",
          "data-way": way,
          onclick: () => {
            page.view.set({ breakdownWay: way });
            update();
          },
        },
        h("bdi", null, titleOf(page, way)),
      ),
    ),
  );
  const showBody = filled(body, (breakdown: ConfusionBreakdown | FieldBreakdown) =>
    breakdown.kind === "fields" ? [fields(breakdown)] : confusion(breakdown),
  );
  const update = () => {
    const summary = chosen();
    element.hidden = !summary;
    if (!summary) return;
    showSwitches(summaries().map(({ way }) => way));
    for (const each of switches.querySelectorAll<HTMLElement>("[data-way]")) {
      each.setAttribute("aria-pressed", String(each.dataset.way === summary.way));
    }
    setText(about, aboutText(summary.breakdown!));
    showBody(summary.breakdown!);
  };
  return { element, update };
}

function aboutText(breakdown: ConfusionBreakdown | FieldBreakdown): string {
  if (breakdown.kind === "fields") return t("How often each field of the reference is right.");
  if (breakdown.labels.length > largestMatrix)
    return t(
      "There are {0} labels, too many for a matrix: the most frequent confusions.",
      breakdown.labels.length,
    );
  return t("Rows are the references, columns the answers. Other: an answer that is no known label.");
}

function confusion(breakdown: ConfusionBreakdown): Child[] {
  const { labels } = breakdown;
  return [
    scrolled(
      t("Confusions, table"),
      labels.length <= largestMatrix ? matrix(breakdown) : frequent(breakdown),
    ),
    scrolled(t("Labels, table"), perLabel(breakdown)),
  ];
}

function matrix({ labels, counts }: ConfusionBreakdown): HTMLElement {
  const columns = [...labels, t("other")];
  const cell = (n: number, c: number, r: number, rows: number) => {
    const shade = n === 0 ? 0 : Math.max(1, Math.round((8 * n) / rows));
    return h("td", { class: `${c === r ? "hit" : "miss"} shade-${shade}` }, n === 0 ? "·" : count(n));
  };
  const row = (label: string, r: number) => {
    const rows = counts[r]!.reduce((sum, n) => sum + n, 0);
    return h(
      "tr",
      null,
      h("th", { scope: "row", title: label }, h("bdi", null, label)),
      ...counts[r]!.map((n, c) => cell(n, c, r, rows)),
    );
  };
  const corner = h("td", { class: "quiet" }, t("reference ↓ answer →"));
  const head = columns.map((label) => h("th", { scope: "col", title: label }, h("bdi", null, label)));
  return h(
    "table",
    { class: "confusion" },
    h("thead", null, h("tr", null, corner, ...head)),
    h("tbody", null, ...labels.map(row)),
  );
}

function frequent({ labels, counts }: ConfusionBreakdown): HTMLElement {
  const columns = [...labels, t("other")];
  const pairs = counts
    .flatMap((row, r) =>
      row.map((n, c) => ({ n, reference: labels[r]!, answer: columns[c]!, wrong: c !== r })),
    )
    .filter(({ n, wrong }) => wrong && n > 0)
    .sort((a, b) => b.n - a.n)
    .slice(0, 12);
  if (pairs.length === 0) return h("p", null, t("No row is confused."));
  return plain(
    [t("Reference"), t("Answer"), t("Rows")],
    pairs.map(({ n, reference, answer }) => [reference, answer, count(n)]),
    2,
  );
}

function perLabel({ perLabel }: ConfusionBreakdown): HTMLElement {
  const share = (value: number, rows: number) => (rows === 0 ? "–" : percent(value));
  return plain(
    [t("Label"), t("Rows"), t("Precision"), t("Recall"), t("F1")],
    perLabel.map(({ label, rows, precision, recall, f1 }) => [
      label,
      count(rows),
      percent(precision),
      share(recall, rows),
      rows === 0 ? "–" : (100 * f1).toFixed(1),
    ]),
    1,
  );
}

function fields({ fields }: FieldBreakdown): HTMLElement {
  return scrolled(
    t("Fields, table"),
    plain(
      [t("Field"), t("Rows"), t("Right")],
      fields.map(({ field, rows, right }) => [field, count(rows), percent(right / rows)]),
      1,
    ),
  );
}

/** A table whose first `words` columns are words and the others figures. */
function plain(head: string[], rows: string[][], words: number): HTMLElement {
  const cells = (row: string[]) =>
    row.map((cell, i) => {
      if (i === 0) return h("th", { scope: "row" }, h("bdi", null, cell));
      return i < words ? h("td", { class: "words" }, h("bdi", null, cell)) : h("td", null, cell);
    });
  return h(
    "table",
    { class: "figures plain" },
    h(
      "thead",
      null,
      h(
        "tr",
        null,
        ...head.map((each, i) => h("th", { scope: "col", class: i < words ? "words" : undefined }, each)),
      ),
    ),
    h("tbody", null, ...rows.map((row) => h("tr", null, ...cells(row)))),
  );
}

function scrolled(label: string, child: HTMLElement): HTMLElement {
  return h("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": label }, child);
}
