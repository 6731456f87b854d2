/** The page's tables: labels, problems by rule, rows that the last run found hard; and small ones that are only read. */
import type { HardRow, LintStatistics } from "../../src/contracts/lint.ts";
import { icon, iconButton } from "../common/controls.ts";
import { type Child, h } from "../common/elements.ts";
import { count, lossText, percent, t } from "../common/text.ts";
import type { Column } from "./sorted-list.ts";

export type Label = LintStatistics["labels"][number] & { share: number; isRare: boolean };
export type ProblemCount = LintStatistics["problems"][number];

/** A label with less than so much of what it had if all were as frequent is rare. */
const rareShare = 1 / 10;

export function labelsOf({ labels }: Pick<LintStatistics, "labels">): Label[] {
  const all = labels.reduce((sum, { rows }) => sum + rows, 0);
  const even = all / Math.max(1, labels.length);
  return labels.map((label) => ({
    ...label,
    share: all === 0 ? 0 : label.rows / all,
    isRare: label.rows < even * rareShare,
  }));
}

/** How uneven labels are: null with fewer than two. */
export function imbalanceOf(labels: readonly { rows: number }[]): number | null {
  if (labels.length < 2) return null;
  const rows = labels.map((label) => label.rows);
  return Math.max(...rows) / Math.max(1, Math.min(...rows));
}

export function labelColumns(most: () => number): Column<Label>[] {
  return [
    {
      id: "label",
      title: t("Label"),
      value: ({ label }) => label,
      cell: ({ label, isRare }) =>
        h(
          "span",
          { class: "text" },
          label === "" ? h("em", null, t("(nothing)")) : h("bdi", null, label),
          isRare && h("span", { class: "tag" }, icon("warning"), t("rare")),
        ),
    },
    {
      id: "rows",
      title: t("Rows"),
      value: ({ rows }) => rows,
      cell: ({ rows }) => h("span", null, count(rows)),
      isFigure: true,
    },
    {
      id: "share",
      title: t("Share"),
      value: ({ share }) => share,
      cell: ({ rows, share }) => h("span", { class: "bar-cell" }, percent(share), bar(rows / most())),
      isFigure: true,
    },
  ];
}

const severities = {
  error: { icon: "error", word: t("Error"), rank: 3 },
  warning: { icon: "warning", word: t("Warning"), rank: 2 },
  info: { icon: "info", word: t("Note"), rank: 1 },
} as const;

export function problemColumns(explain: (rule: string) => void): Column<ProblemCount>[] {
  return [
    {
      id: "severity",
      title: t("Severity"),
      value: ({ severity }) => severities[severity].rank,
      cell: ({ severity }) => {
        const { icon: name, word } = severities[severity];
        return h("span", { class: `severity ${severity}` }, icon(name), word);
      },
      isFigure: true,
    },
    {
      id: "rule",
      title: t("Rule"),
      value: ({ rule }) => rule,
      cell: ({ rule }) => {
        const why = iconButton(t("Explain {0}", rule), "question", () => explain(rule));
        // It is no click on the row.
        why.addEventListener("click", (event) => event.stopPropagation());
        return h("span", { class: "rule" }, h("code", null, rule), why);
      },
    },
    {
      id: "count",
      title: t("Count"),
      value: (problem) => problem.count,
      cell: (problem) => h("span", null, count(problem.count)),
      isFigure: true,
    },
    {
      id: "line",
      title: t("First line"),
      value: ({ lines }) => lines[0],
      cell: ({ lines }) => h("span", null, lines[0] === undefined ? "–" : count(lines[0] + 1)),
      isFigure: true,
    },
  ];
}

export function hardColumns(): Column<HardRow>[] {
  const number = (
    id: string,
    title: string,
    value: (row: HardRow) => number | undefined,
    text: (value: number) => string,
  ): Column<HardRow> => ({
    id,
    title,
    value,
    cell: (row) => {
      const shown = value(row);
      return h("span", null, shown === undefined ? "–" : text(shown));
    },
    isFigure: true,
  });
  const words = (id: "text" | "answer", title: string): Column<HardRow> => ({
    id,
    title,
    value: (row) => row[id],
    cell: (row) => h("span", { class: "text clamped", dir: "auto" }, row[id]),
  });
  return [
    number("row", t("Row"), ({ row }) => row, count),
    words("text", t("Input")),
    words("answer", t("Answer")),
    number("loss", t("Loss"), ({ loss }) => loss, lossText),
    number("confidence", t("Confidence"), ({ confidence }) => confidence, percent),
    number(
      "variability",
      t("Variability"),
      ({ variability }) => variability,
      (value) => value.toFixed(2),
    ),
    number("forgotten", t("Forgotten"), ({ forgotten }) => forgotten, count),
    {
      id: "never",
      title: t("Learned"),
      value: ({ neverLearned }) => Number(neverLearned),
      cell: ({ neverLearned }) =>
        neverLearned
          ? h("span", { class: "tag" }, icon("circle-slash"), t("never"))
          : h("span", null, t("yes")),
      isFigure: true,
    },
  ];
}

/** A short table whose rows are shares of a whole. */
export function shareTable(
  caption: string,
  name: string,
  pairs: readonly [name: string, rows: number][],
): Child {
  const all = pairs.reduce((sum, [, rows]) => sum + rows, 0);
  const most = Math.max(1, ...pairs.map(([, rows]) => rows));
  return h(
    "div",
    { class: "card" },
    h("h3", null, caption),
    h(
      "table",
      { class: "shares" },
      h("caption", { class: "visually-hidden" }, caption),
      h(
        "thead",
        { class: "visually-hidden" },
        h(
          "tr",
          null,
          h("th", { scope: "col" }, name),
          h("th", { scope: "col" }, t("Rows")),
          h("th", { scope: "col" }, t("Share")),
        ),
      ),
      h(
        "tbody",
        null,
        ...pairs.map(([each, rows]) =>
          h(
            "tr",
            null,
            h("th", { scope: "row" }, h("bdi", null, each)),
            h("td", null, count(rows)),
            h("td", { class: "bar-cell" }, percent(all === 0 ? 0 : rows / all), bar(rows / most)),
          ),
        ),
      ),
    ),
  );
}

export function bar(share: number): HTMLElement {
  return h(
    "span",
    { class: "bar-track", "aria-hidden": "true" },
    h("span", { class: "bar-fill", style: { width: `${Math.max(0.5, 100 * share)}%` } }),
  );
}
