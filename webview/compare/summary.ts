/** The summary: a line for each way of asking, a column for each figure; and the choice of how answers are scored. */
import type { CompareHead } from "../../src/contracts/compare.ts";
import type { Comparison } from "../../src/evaluate/comparison.ts";
import { summaryFigures } from "../../src/evaluate/table.ts";
import { problemOf, section } from "../common/controls.ts";
import { type Child, fill, filled, h } from "../common/elements.ts";
import { t } from "../common/text.ts";
import { type Page, type Part, sectionState } from "./page.ts";

export function summaryPart(page: Page): Part {
  const table = h("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": t("Summary, table") });
  const picker = taskPicker(page);
  const element = section(t("Summary"), sectionState(page, "summary", true), picker.element, table);
  const showTable = filled(table, summaryTable, ({ comparison }: CompareHead) =>
    JSON.stringify([comparison?.summaries, comparison?.baseline, comparison?.choice]),
  );
  return {
    element,
    update() {
      const { comparison } = page.head;
      element.hidden = !comparison || comparison.summaries.length === 0;
      picker.update();
      if (!element.hidden) showTable(page.head);
    },
  };
}

function summaryTable({ comparison }: CompareHead): Child[] {
  const { ways, tuned, baseline, choice } = comparison!;
  const figures = summaryFigures(comparison as Comparison);
  const role = (way: string) => {
    if (way === tuned) return t("no shots");
    if (way !== baseline) return null;
    return choice.pending ? t("compared so far") : t("best on validation");
  };
  const head = [
    h("th", { scope: "col" }, t("Way of asking")),
    ...figures.map(({ title, help }) => h("th", { scope: "col", title: help }, title)),
  ];
  const row = ({ id, title }: (typeof ways)[number], w: number) =>
    h(
      "tr",
      { class: id === tuned ? "tuned" : undefined },
      h("th", { scope: "row" }, h("bdi", null, title), role(id) && h("span", { class: "quiet" }, role(id))),
      ...figures.map(({ values, intervals }) =>
        h("td", null, values[w], intervals && h("span", { class: "quiet" }, intervals[w])),
      ),
    );
  return [
    h(
      "table",
      { class: "figures" },
      h("thead", null, h("tr", null, ...head)),
      h("tbody", null, ...ways.map(row)),
    ),
  ];
}

/** Scores the same answers in another way. */
function taskPicker(page: Page): Part {
  const select = h("select", { id: "task", class: "field", onchange: () => choose(select.value) });
  const about = h("span", { class: "quiet", id: "task-about" });
  const outcome = h("div", { role: "status" });
  const element = h(
    "div",
    { class: "task" },
    h("label", { for: "task" }, t("Score as")),
    select,
    about,
    outcome,
  );
  select.setAttribute("aria-describedby", "task-about");
  const showTasks = filled(
    select,
    ({ tasks }: CompareHead) => tasks.map(({ id, title }) => h("option", { value: id }, title)),
    ({ tasks }) => JSON.stringify(tasks),
  );
  const choose = async (task: string) => {
    fill(outcome);
    try {
      await page.channel.request("score", { task });
    } catch (error) {
      fill(outcome, problemOf(error));
      update();
    }
  };
  const update = () => {
    const { head } = page;
    element.hidden = head.tasks.length < 2;
    showTasks(head);
    if (head.task !== null && select.value !== head.task) select.value = head.task;
    const chosen = head.tasks.find(({ id }) => id === head.task);
    fill(about, chosen?.description);
  };
  return { element, update };
}
