/** A row as the list shows it: cells of a table where there is room, else one below the other. */
import type { ListedRow } from "../../src/contracts/compare.ts";
import type { Comparison } from "../../src/evaluate/comparison.ts";
import { sidesOf } from "../../src/evaluate/row-filters.ts";
import { icon } from "../common/controls.ts";
import { type Child, h } from "../common/elements.ts";
import { t } from "../common/text.ts";
import { isBinary, marksDifferences, type Page, shownWays } from "./page.ts";
import { cellText, passMark } from "./texts.ts";

export function listHeader(page: Page): HTMLElement[] {
  const column = (title: string) => h("div", { role: "columnheader" }, h("bdi", null, title));
  const titles = [t("Row"), t("Input"), t("Reference"), ...shownWays(page).map(({ title }) => title)];
  return titles.map(column);
}

export function rowLine(page: Page, row: ListedRow): HTMLElement {
  const binary = isBinary(page);
  const marked = marksDifferences(page);
  const tuned = page.head.comparison?.tuned;
  const answers = shownWays(page).map(({ id, title }) => {
    const score = row.scores[id] ?? null;
    const output = row.outputs[id] ?? "";
    const isRight = binary && score === 1;
    return cell(
      title,
      { class: `cell answer${id === tuned ? " tuned" : ""}` },
      passMark(score, binary),
      cellText(output, marked && !isRight ? row.reference : undefined),
    );
  });
  return h(
    "div",
    { role: "row", class: `row${page.view.value.open === row.index ? " open" : ""}` },
    h(
      "div",
      { role: "gridcell", class: "cell about" },
      h("span", { class: "row-id", title: row.id }, h("bdi", null, row.id)),
      tag(page, row),
      ...noteMarks(row),
    ),
    cell(t("Input"), { class: "cell input" }, cellText(row.question)),
    cell(t("Reference"), { class: "cell reference" }, cellText(row.reference)),
    ...answers,
  );
}

function cell(title: string, props: { class: string }, ...children: Child[]): HTMLElement {
  return h(
    "div",
    { role: "gridcell", ...props },
    h("span", { class: "cell-title", "aria-hidden": "true" }, title),
    ...children,
  );
}

/** Who won the row, in words. */
export function tag(page: Page, { scores }: ListedRow): HTMLElement | null {
  const { comparison } = page.head;
  if (!comparison) return null;
  const { tuned, baseline, binary } = sidesOf(comparison as Comparison);
  const lead = (scores[tuned] ?? 0) - (scores[baseline] ?? 0);
  if (lead > 0) return h("span", { class: "tag wins" }, t("tuned wins"));
  if (lead < 0) return h("span", { class: "tag loses" }, t("tuned loses"));
  const isFailure = binary && Object.values(scores).every((score) => score === 0);
  return isFailure ? h("span", { class: "tag" }, t("all fail")) : null;
}

function noteMarks({ note }: ListedRow): Child[] {
  if (!note) return [];
  const thumbs = Object.values(note.thumbs);
  return [
    thumbs.includes("up") && icon("thumbsup"),
    thumbs.includes("down") && icon("thumbsdown"),
    note.text !== "" && icon("note"),
    h("span", { class: "visually-hidden" }, t("with notes")),
  ];
}
