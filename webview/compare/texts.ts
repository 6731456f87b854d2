/** Texts of datasets and models on the page: as text, in their own direction, and never more than a person would read. */
import { wordDiff } from "../../src/evaluate/word-diff.ts";
import { icon } from "../common/controls.ts";
import { type Child, h } from "../common/elements.ts";
import { t } from "../common/text.ts";

/** How much of a text a line of the list can hold, and how much of it is worth comparing there. */
const listed = 320;
/** What is shown before somebody asks for all. */
const folded = 2000;

export function clipped(text: string, length = listed): string {
  if (text.length <= length) return text;
  // Not in the middle of a pair.
  return `${text.slice(0, length).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** A text in one cell of the list. With a reference, what departs from it is marked. */
export function cellText(text: string, reference?: string): HTMLElement {
  const short = clipped(text);
  return h(
    "div",
    { class: "cell-text", dir: "auto" },
    ...(text === ""
      ? [emptyMark()]
      : reference === undefined
        ? [short]
        : compared(short, clipped(reference))),
  );
}

/** A whole text, at first only its beginning where it is long. */
export function wholeText(
  text: string,
  options: { reference?: string | undefined; mono?: boolean } = {},
): HTMLElement {
  const { reference, mono } = options;
  const parts = (shown: string): Child[] => {
    if (text === "") return [emptyMark()];
    return reference === undefined ? [shown] : compared(shown, reference);
  };
  const className = mono ? "block" : "whole-text";
  const block = h(
    mono ? "pre" : "div",
    { class: className, dir: "auto", tabindex: mono ? 0 : undefined },
    ...parts(clipped(text, folded)),
  );
  if (text.length <= folded) return block;
  const more = h(
    "button",
    {
      type: "button",
      class: "link",
      onclick: () => {
        block.replaceChildren(...(parts(text) as (Node | string)[]));
        more.remove();
      },
    },
    t("Show all {0} characters", text.length.toLocaleString("en")),
  );
  return h("div", null, block, more);
}

function emptyMark(): HTMLElement {
  return h("span", { class: "quiet" }, t("(empty)"));
}

/** What was added is marked in place; what is missing of the reference stands struck out where it would be. */
function compared(text: string, reference: string): Child[] {
  return wordDiff(reference, text).map(({ kind, text }) => {
    if (kind === "equal") return text;
    return h(kind === "added" ? "ins" : "del", null, text);
  });
}

/** Right or wrong with icon and word, or a score where answers are more or less good. */
export function passMark(score: number | null, binary: boolean): HTMLElement | null {
  if (score === null) return null;
  if (!binary) return h("span", { class: "mark" }, (100 * score).toFixed(1));
  const isRight = score === 1;
  return h(
    "span",
    { class: `mark ${isRight ? "right" : "wrong"}` },
    icon(isRight ? "check" : "close"),
    isRight ? t("right") : t("wrong"),
  );
}
