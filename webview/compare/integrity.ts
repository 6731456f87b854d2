/** What the comparison rests on, so that a reader can trust it or find the fault. */
import type { ComparisonHead } from "../../src/contracts/compare.ts";
import { facts, section } from "../common/controls.ts";
import { type Child, filled, h } from "../common/elements.ts";
import { count, t } from "../common/text.ts";
import { type Page, type Part, sectionState } from "./page.ts";

/** Rows left out beyond these are counted. */
const namedRows = 20;

export function integrityPart(page: Page): Part {
  const body = h("div");
  const element = section(t("What this rests on"), sectionState(page, "integrity", false), body);
  const show = filled(
    body,
    (comparison: ComparisonHead) => [grounds(comparison)],
    ({ integrity, choice, task, summaries }) =>
      JSON.stringify([
        integrity,
        choice,
        task,
        summaries.map(({ rowsWithShotsDropped }) => rowsWithShotsDropped),
      ]),
  );
  return {
    element,
    update() {
      const { comparison } = page.head;
      element.hidden = !comparison;
      if (comparison) show(comparison);
    },
  };
}

function grounds({
  integrity,
  choice,
  task,
  taskTitle,
  declaredTask,
  ways,
  summaries,
}: ComparisonHead): HTMLElement {
  const { splits, overlap, leftOut, decoding, seeds } = integrity;
  const dropped = ways.flatMap(({ title }, w) => {
    const rows = summaries[w]?.rowsWithShotsDropped ?? 0;
    return rows > 0 ? [t("{0}: {1} rows", title, count(rows))] : [];
  });
  const scores = ways
    .filter(({ id }) => choice.scores[id] !== undefined)
    .map(({ id, title }) => `${title} ${(100 * choice.scores[id]!).toFixed(1)}`);
  return facts(
    [t("Base model"), named(integrity.base)],
    [t("Fine-tuned"), named(integrity.tuned)],
    [t("Dataset"), named(integrity.dataset)],
    ...splits.map(({ name, rows, hash }): [string, Child] => [
      t("{0} rows", name),
      named({ name: count(rows), hash }),
    ]),
    [
      t("Overlap"),
      overlap === 0
        ? t("no test row is also in the training rows")
        : t("{0} test rows are also in the training rows", count(overlap)),
    ],
    [t("Left out"), leftOutRows(leftOut)],
    [t("Shots cut"), dropped.length > 0 ? dropped.join(", ") : t("none: every shot fitted into the context")],
    [t("Task"), h("span", null, `${taskTitle}: `, h("bdi", null, task.reason))],
    [
      t("Declared task"),
      declaredTask && t("The comparison was made with another task: {0}", declaredTask.id),
    ],
    [
      t("Best prompting"),
      choice.pending
        ? t("is still being chosen on the validation rows")
        : choice.rows === 0
          ? t("not chosen: there are no validation rows")
          : t(
              "chosen on {0} validation rows by {1}: {2}",
              count(choice.rows),
              choice.metric,
              scores.join(", "),
            ),
    ],
    [t("Decoding"), pairs(decoding)],
    [t("Seeds"), pairs(seeds)],
    [t("Chat template"), h("code", null, integrity.template)],
    [t("Machine"), integrity.machine],
  );
}

function named({ name, hash }: { name: string; hash: string }): HTMLElement {
  return h("span", null, h("bdi", null, name), " ", h("code", { class: "quiet" }, hash));
}

function pairs(record: Record<string, string | number | boolean>): string {
  return Object.entries(record)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

function leftOutRows(leftOut: ComparisonHead["integrity"]["leftOut"]): Child {
  if (leftOut.length === 0) return t("no row");
  const named = leftOut
    .slice(0, namedRows)
    .map(({ id, reason }) => h("li", null, h("bdi", null, id), `: ${reason}`));
  const rest = leftOut.length - named.length;
  return h(
    "div",
    null,
    leftOut.length === 1 ? t("1 row") : t("{0} rows", count(leftOut.length)),
    h("ul", null, ...named, rest > 0 && h("li", null, t("and {0} more", count(rest)))),
  );
}
