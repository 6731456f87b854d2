/** Lists of a run: what it warned of, what it wrote at each stage of training, its comparisons and recipe. All of it is text. */
import type { RunInfo } from "../../src/contracts/monitor.ts";
import type { RunEvent } from "../../src/runs/schema.ts";
import { button, icon } from "../common/controls.ts";
import { type Child, h } from "../common/elements.ts";
import { stateBadge } from "../common/run-state.ts";
import { isActive } from "../common/states.ts";
import { count, t } from "../common/text.ts";
import type { RunData } from "./run-data.ts";

const atOnce = 3;

export function noticeList(notices: readonly RunEvent<"notice">[]): Child[] {
  const newest = notices.toReversed();
  return firstFew(newest, "notices", ({ level, message }) =>
    h(
      "li",
      { class: `notice notice-${level}` },
      icon(level === "warning" ? "warning" : "info"),
      h("span", { class: "visually-hidden" }, level === "warning" ? t("Warning:") : t("Note:")),
      h("span", null, message),
    ),
  );
}

/** By prompt, the newest text first. */
export function sampleList(samples: readonly RunEvent<"sample">[]): Child[] {
  return [...Map.groupBy(samples, ({ prompt }) => prompt)].map(([prompt, texts]) =>
    h(
      "article",
      { class: "sample" },
      h("h3", { class: "model-text" }, prompt),
      ...firstFew(texts.toReversed(), "samples", ({ step, text }) =>
        h(
          "li",
          null,
          h("span", { class: "sample-step quiet number" }, t("step {0}", count(step))),
          h(
            "div",
            { class: "model-text block" },
            text === "" ? h("em", { class: "quiet" }, t("(nothing)")) : text,
          ),
        ),
      ),
    ),
  );
}

export function comparisonList(comparisons: readonly RunInfo[], open: (run: string) => void): Child[] {
  if (comparisons.length === 0) {
    return [
      h("p", { class: "quiet" }, t("None yet. “Compare” sets the fine-tuned model beside the base model.")),
    ];
  }
  return [
    h(
      "ul",
      { class: "comparisons" },
      ...comparisons.map((info) =>
        h(
          "li",
          null,
          stateBadge(info),
          h("span", { class: "comparison-name" }, info.name),
          isActive(info) && info.phase !== null && h("span", { class: "quiet" }, info.phase),
          info.problem && h("span", { class: "quiet" }, info.problem.message),
          button(t("Open"), () => open(info.run), {
            icon: "open-preview",
            title: t("Opens the comparison {0}", info.name),
          }),
        ),
      ),
    ),
  ];
}

/** The first ones, and the rest behind a line that opens. */
function firstFew<T>(all: readonly T[], kind: string, item: (each: T) => HTMLElement): Child[] {
  const rest = all.slice(atOnce);
  const list = (items: readonly T[]) => h("ul", { class: kind }, ...items.map(item));
  if (rest.length === 0) return [list(all)];
  const more = h(
    "details",
    {
      class: "more",
      ontoggle: () => {
        // Made when they are looked at: a long run has thousands.
        if (more.open && more.children.length === 1) more.append(list(rest));
      },
    },
    h("summary", null, t("{0} earlier", count(rest.length))),
  );
  return [list(all.slice(0, atOnce)), more];
}

export function recipeText({ recipe, recipeFile }: Pick<RunData, "recipe" | "recipeFile">): Child[] {
  return [
    recipeFile !== null && h("p", { class: "quiet" }, recipeFile),
    h("pre", { class: "block recipe", tabindex: 0, role: "region", "aria-label": t("Recipe") }, recipe),
  ];
}
