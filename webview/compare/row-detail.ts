/** One row with all there is: the conversation, each answer with its figures, prompt, shots and samples, and the notes. */
import type { ListedRow, WholeRow } from "../../src/contracts/compare.ts";
import { duration } from "../../src/evaluate/figures.ts";
import { icon, iconButton, problemOf } from "../common/controls.ts";
import { type Child, fill, filled, h } from "../common/elements.ts";
import { count, t } from "../common/text.ts";
import { isBinary, marksDifferences, type Page, shownWays } from "./page.ts";
import { tag } from "./row-line.ts";
import { rowNotes } from "./row-notes.ts";
import { passMark, wholeText } from "./texts.ts";

export interface RowDetail {
  element: HTMLElement;
  /** Marks, thumbs and note, after the row has come anew. */
  update(row: ListedRow): void;
  /** On the heading, or on the button that led here: to the row before (−1) or after (1). */
  focus(on: "heading" | -1 | 1): void;
  /** Keeps what was typed; the pane is going. */
  close(): void;
}

export interface DetailHooks {
  /** The row before (−1) or after (1), if there is one. */
  beside(step: -1 | 1): number | undefined;
  go(step: -1 | 1): void;
  close(): void;
  noted(): void;
}

export function rowDetail(page: Page, row: ListedRow, hooks: DetailHooks): RowDetail {
  const controller = new AbortController();
  const notes = rowNotes(page, row, hooks.noted);
  const heading = h("h3", { tabindex: -1, id: "detail-title", title: row.id }, h("bdi", null, row.id));
  const verdict = h("span");
  const steps = {
    [-1]: iconButton(t("Previous row"), "arrow-up", () => hooks.go(-1)),
    1: iconButton(t("Next row"), "arrow-down", () => hooks.go(1)),
  };
  const conversation = h("div", { class: "conversation" }, turn("user", row.question));
  const answers = shownWays(page).map(({ id, title }) =>
    answerPart(page, row, { id, title }, notes.thumbs(id)),
  );
  const failure = h("div");
  const element = h(
    "section",
    { class: "detail", "aria-labelledby": "detail-title" },
    h(
      "div",
      { class: "detail-head" },
      heading,
      verdict,
      h(
        "span",
        { class: "tools" },
        steps[-1],
        steps[1],
        iconButton(t("Close the row"), "close", hooks.close),
      ),
    ),
    failure,
    h("div", { class: "label" }, t("Input")),
    conversation,
    labelled(page, t("Reference"), row.reference),
    wholeText(row.reference),
    h("div", { class: "whole-answers" }, ...answers.map(({ element }) => element)),
    notes.note,
    notes.addToDataset,
  );
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hooks.close();
  });

  const load = async () => {
    try {
      const whole = await page.channel.request("row", { index: row.index }, { signal: controller.signal });
      fill(conversation, ...whole.messages.map(({ role, content }) => turn(role, content)));
      for (const part of answers) part.complete(whole);
    } catch (error) {
      fill(failure, problemOf(error));
    }
  };
  void load();
  const update = (row: ListedRow) => {
    fill(verdict, tag(page, row));
    for (const step of [-1, 1] as const) steps[step].disabled = hooks.beside(step) === undefined;
    for (const part of answers) part.update(row);
    notes.update(row);
  };
  update(row);
  return {
    element,
    update,
    focus: (on) => (on === "heading" || steps[on].disabled ? heading : steps[on]).focus(),
    close: () => {
      notes.flush();
      controller.abort();
    },
  };
}

const roles: Record<string, string> = { system: t("System"), user: t("User"), assistant: t("Assistant") };

function turn(role: string, content: string): HTMLElement {
  return h(
    "div",
    { class: `turn ${Object.hasOwn(roles, role) ? role : ""}` },
    h("span", { class: "role" }, roles[role] ?? role),
    wholeText(content),
  );
}

function labelled(page: Page, label: string, text: string): HTMLElement {
  return h("div", { class: "label" }, h("span", null, label), copyButton(page, label, text));
}

function copyButton(page: Page, label: string, text: string): HTMLElement {
  return iconButton(t("Copy: {0}", label), "copy", async () => {
    try {
      await navigator.clipboard.writeText(text);
      page.announcer.answer(t("Copied"));
    } catch {
      page.announcer.answer(t("The clipboard could not be reached"));
    }
  });
}

function answerPart(page: Page, row: ListedRow, way: { id: string; title: string }, thumbs: HTMLElement) {
  const output = row.outputs[way.id] ?? "";
  const mark = h("span");
  const text = h("div");
  const figures = h("p", { class: "quiet facts-line" }, t("Loading…"));
  const more = h("div", { class: "sent" });
  const isTuned = page.head.comparison?.tuned === way.id;
  const element = h(
    "article",
    { class: `whole-answer${isTuned ? " tuned" : ""}` },
    h(
      "div",
      { class: "answer-head" },
      h("h4", null, h("bdi", null, way.title)),
      mark,
      h("span", { class: "tools" }, thumbs, copyButton(page, way.title, output)),
    ),
    text,
    figures,
    more,
  );
  const showText = filled(
    text,
    (reference: string | undefined) => [wholeText(output, { reference })],
    (reference) => reference ?? null,
  );
  return {
    element,
    update({ scores, reference }: ListedRow) {
      const score = scores[way.id] ?? null;
      const binary = isBinary(page);
      fill(mark, passMark(score, binary));
      showText(marksDifferences(page) && !(binary && score === 1) ? reference : undefined);
    },
    complete({ answers }: WholeRow) {
      const answer = answers.find((each) => each.way === way.id);
      if (!answer) return fill(figures, t("Nothing more was recorded."));
      fill(figures, ...figuresOf(answer));
      fill(more, ...sentOf(page, answer));
    },
  };
}

type WholeAnswer = WholeRow["answers"][number];

function figuresOf({ promptTokens, outputTokens, seconds, ended, shotsDropped }: WholeAnswer): Child[] {
  const warn = (text: string) => h("span", { class: "warn" }, icon("warning"), text);
  return [
    t("{0} tokens in · {1} out · {2}", count(promptTokens), count(outputTokens), duration(seconds)),
    !ended && warn(t("cut off at the token limit")),
    shotsDropped > 0 && warn(t("{0} shots did not fit", shotsDropped)),
  ];
}

function sentOf(page: Page, { prompt, shots, samples }: WholeAnswer): Child[] {
  const shotItem = ({ id, question, answer }: WholeAnswer["shots"][number]) =>
    h(
      "li",
      null,
      h("bdi", { class: "quiet" }, id),
      wholeText(question),
      h("div", { class: "shot-answer" }, "→ ", h("bdi", null, answer)),
    );
  const part = (title: string, content: () => HTMLElement) => {
    const details = h("details", { class: "more" }, h("summary", null, title));
    // Prompts are long, and few are read.
    details.addEventListener("toggle", () => details.append(content()), { once: true });
    return details;
  };
  return [
    part(t("Prompt as sent"), () =>
      h(
        "div",
        { class: "with-tool" },
        wholeText(prompt, { mono: true }),
        copyButton(page, t("Prompt as sent"), prompt),
      ),
    ),
    shots.length > 0 &&
      part(t("Shots ({0})", shots.length), () => h("ol", { class: "shots" }, ...shots.map(shotItem))),
    samples.length > 0 &&
      part(t("Samples ({0})", samples.length), () =>
        h("ol", { class: "shots" }, ...samples.map((sample) => h("li", null, wholeText(sample)))),
      ),
  ];
}
