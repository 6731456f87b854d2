/** The top of the page: what the comparison found or has so far, how far it is, and what can be done with the job. */
import type { CompareAction, CompareHead } from "../../src/contracts/compare.ts";
import { duration, inSentence, points, pText, scoreText } from "../../src/evaluate/figures.ts";
import type { Difference } from "../../src/evaluate/verdict.ts";
import { button, icon, iconButton, problem, problemOf } from "../common/controls.ts";
import { type Child, fill, filled, h, setText } from "../common/elements.ts";
import { isActive, stateBadge } from "../common/run-state.ts";
import { count, t } from "../common/text.ts";
import { exportMenu } from "./export-menu.ts";
import { type Page, type Part, titleOf } from "./page.ts";

const outcomeIcons = {
  "fine-tuned-better": "pass-filled",
  "prompting-better": "comment-discussion",
  "no-difference-shown": "circle-slash",
  "too-few-examples": "question",
  preliminary: "history",
} as const;

export function verdictPart(page: Page): Part {
  const crumb = h("p", { class: "crumb quiet" });
  const headline = h("h1", { id: "headline" });
  const words = h("div", { class: "verdict-words" });
  const tiles = h("dl", { class: "tiles" });
  const failure = h("div", { role: "status" });
  const progress = progressLine();
  const actions = h("div", { class: "actions" });
  const element = h(
    "header",
    { class: "verdict" },
    h("div", { class: "crumb-line" }, crumb, actions),
    headline,
    progress.element,
    failure,
    words,
    tiles,
  );

  const act = async (action: CompareAction) => {
    try {
      await page.channel.request("act", { action });
    } catch (error) {
      fill(failure, problemOf(error));
    }
  };
  const exporting = exportMenu(page);
  const showActions = filled(
    actions,
    ({ job, tuningRun, comparison }: CompareHead) => [
      isActive(job) && job.asked === null && button(t("Pause"), () => act("pause"), { icon: "debug-pause" }),
      ["paused", "interrupted", "failed", "stopped", "created"].includes(job.state) &&
        button(t("Continue"), () => act("resume"), { icon: "debug-continue", primary: true }),
      tuningRun.there
        ? button(t("Show the run"), () => act("showRun"), { icon: "graph-line", title: tuningRun.name })
        : h("span", { class: "quiet" }, t("The run {0} is gone", tuningRun.name)),
      comparison && exporting,
      iconButton(t("Open the folder"), "folder-opened", () => act("openFolder")),
      iconButton(t("Open the log"), "output", () => act("openLog")),
    ],
    ({ job, tuningRun, comparison }) =>
      [job.state, job.asked, tuningRun.there, tuningRun.name, comparison !== null].join(),
  );
  const showWords = filled(words, (head: CompareHead) => sentences(head));
  const showTiles = filled(
    tiles,
    (head: CompareHead) => figures(page, head),
    (head) => keyOf(head),
  );
  const showFailure = filled(
    failure,
    ({ job }: CompareHead) => [job.problem && problem(job.problem.message, job.problem.hint)],
    ({ job }) => JSON.stringify(job.problem),
  );

  return {
    element,
    update() {
      const { head } = page;
      const { comparison } = head;
      element.dataset.outcome = comparison?.verdict.outcome ?? "preliminary";
      setText(crumb, crumbText(head));
      const text = comparison?.verdict.headline ?? t("No answers yet");
      if (headline.textContent !== text) {
        fill(
          headline,
          icon(outcomeIcons[comparison?.verdict.outcome ?? "preliminary"]),
          h("span", null, text),
        );
      }
      showActions(head);
      progress.update(head);
      showFailure(head);
      showWords(head);
      showTiles(head);
      const announced = progress.text(head);
      if (announced && isActive(head.job)) page.announcer.news(announced);
    },
  };
}

function keyOf({ comparison }: CompareHead): string {
  return JSON.stringify([comparison?.verdict, comparison?.differences[0]]);
}

function crumbText({ comparison, tuningRun, rowsAnswered }: CompareHead): string {
  if (!comparison) return t("Comparison of {0}", tuningRun.name);
  const { integrity, taskTitle } = comparison;
  return t(
    "{0} on {1} · {2} · {3}",
    integrity.base.name,
    integrity.dataset.name,
    rowsAnswered === 1 ? t("1 test row") : t("{0} test rows", count(rowsAnswered)),
    inSentence(taskTitle),
  );
}

function sentences({ comparison, humanVerdict }: CompareHead): Child[] {
  return [
    comparison && h("p", { class: "reason" }, comparison.verdict.reason),
    comparison && h("p", { class: "quiet" }, comparison.verdict.costLine),
    humanVerdict !== null && h("p", { class: "human" }, icon("thumbsup"), h("span", null, humanVerdict)),
  ];
}

/** The main comparison in figures. */
function figures(page: Page, { comparison }: CompareHead): Child[] {
  const main = comparison?.differences[0];
  if (!comparison || !main) return [];
  const { cost } = comparison.verdict;
  const score = (value: number) => scoreText(value, main.counts !== undefined);
  const of = (way: string) => t("{0}, {1}", main.metricTitle, titleOf(page, way));
  const tokens = Math.round(cost.promptTokens.prompting) - Math.round(cost.promptTokens.tuned);
  const seconds = cost.seconds.prompting - cost.seconds.tuned;
  return [
    tile(score(main.tuned), of(comparison.tuned), "tuned"),
    tile(score(main.prompting), of(main.way)),
    tile(points(main.difference), evidence(main), "difference"),
    tile(
      count(Math.abs(tokens)),
      tokens >= 0 ? t("fewer prompt tokens an answer") : t("more prompt tokens an answer"),
    ),
    tile(duration(Math.abs(seconds)), seconds >= 0 ? t("less time an answer") : t("more time an answer")),
    cost.callsUntilPaid !== undefined &&
      tile(count(cost.callsUntilPaid), t("calls until training has paid for itself")),
  ];
}

function evidence({ interval, rows, p, preliminary }: Difference): string {
  const range = t(
    "points of difference, 95% interval {0} to {1}, n = {2}",
    points(interval.low),
    points(interval.high),
    count(rows),
  );
  return preliminary ? range : `${range}, ${pText(p)}`;
}

function tile(figure: string, meaning: string, className?: string): HTMLElement {
  return h("div", { class: className }, h("dt", null, meaning), h("dd", null, figure));
}

function progressLine() {
  const label = h("span", { id: "progress-label" });
  const bar = h("progress", { max: 1, "aria-labelledby": "progress-label" });
  const badge = h("span");
  const element = h("div", { class: "progress-line" }, badge, bar, label);
  const showBadge = filled(
    badge,
    ({ job }: CompareHead) => [stateBadge(job)],
    ({ job }) => job.state + job.asked,
  );
  const isComplete = ({ job, comparison }: CompareHead) =>
    job.state === "done" && comparison?.complete !== false;
  const text = (head: CompareHead) => {
    const { rowsAnswered, rowsPlanned, job, progress } = head;
    if (isComplete(head)) return "";
    const answered =
      rowsPlanned === null
        ? t("{0} rows answered", count(rowsAnswered))
        : t("{0} of {1} rows answered", count(rowsAnswered), count(rowsPlanned));
    const left = job.secondsLeft !== null && isActive(job) && t("{0} left", duration(job.secondsLeft));
    return [answered, progress?.phase ?? job.phase, left].filter(Boolean).join(" · ");
  };
  return {
    element,
    text,
    update(head: CompareHead) {
      const { progress, rowsAnswered, rowsPlanned } = head;
      element.hidden = isComplete(head);
      setText(label, text(head));
      showBadge(head);
      const total = progress?.total ?? rowsPlanned;
      bar.hidden = total === null || total === 0;
      if (total) bar.value = Math.min(1, (progress?.done ?? rowsAnswered) / total);
    },
  };
}
