/** What a run on the file would leave out, cut and only read. */
import type { LintOutlook } from "../../src/contracts/lint.ts";
import { icon } from "../common/controls.ts";
import { type Child, h } from "../common/elements.ts";
import { count, t } from "../common/text.ts";

export function outlookView(outlook: LintOutlook, reveal: (line: number) => void): Child[] {
  const { rows, trained, dropped, truncated, masked, tokens, trainedTokens, longest } = outlook;
  const item = (name: string, text: string, lines: readonly number[] = []) =>
    h("li", null, icon(name), h("div", null, text, " ", lineLinks(lines, reveal)));
  const items = [
    ...dropped.map(({ reason, rows: left, lines }) =>
      item(
        "circle-slash",
        left === 1
          ? t("1 row is left out: {0}.", reason)
          : t("{0} rows are left out: {1}.", count(left), reason),
        lines,
      ),
    ),
    truncated.rows > 0 &&
      item(
        "split-horizontal",
        truncated.rows === 1
          ? t("1 row is cut at {0} tokens and loses {1}.", count(outlook.maxLength), count(truncated.tokens))
          : t(
              "{0} rows are cut at {1} tokens and lose {2} together.",
              count(truncated.rows),
              count(outlook.maxLength),
              count(truncated.tokens),
            ),
        truncated.lines,
      ),
    masked > 0 &&
      item(
        "eye",
        masked === 1
          ? t("1 answer is context only: it is read and not learned.")
          : t("{0} answers are context only: they are read and not learned.", count(masked)),
      ),
  ].filter((each) => each !== false);
  const share = tokens > 0 ? trainedTokens / tokens : 0;
  return [
    h(
      "p",
      { class: "outlook-head" },
      rows === trained
        ? t("A run trains on all {0} rows.", count(rows))
        : t("A run trains on {0} of {1} rows.", count(trained), count(rows)),
    ),
    items.length > 0
      ? h("ul", { class: "outlook-items" }, ...items)
      : h(
          "p",
          { class: "sound" },
          icon("pass"),
          h("span", null, t("Nothing is left out, nothing is cut, every answer is learned.")),
        ),
    tokens > 0 &&
      h(
        "div",
        { class: "token-share" },
        h(
          "div",
          { class: "stacked", "aria-hidden": "true" },
          h("span", { class: "of-trained", style: { width: `${100 * share}%` } }),
        ),
        h(
          "p",
          { class: "quiet" },
          t("{0} of {1} tokens are learned, the others are read.", count(trainedTokens), count(tokens)),
          " ",
          t(
            "Longest row: {0} tokens. Seen as {1} sees it, with at most {2}.",
            count(longest),
            outlook.model,
            count(outlook.maxLength),
          ),
        ),
      ),
  ];
}

/** @param lines from 1, as they are shown */
function lineLinks(lines: readonly number[], reveal: (line: number) => void): Child {
  if (lines.length === 0) return null;
  return h(
    "span",
    { class: "lines" },
    ...lines.map((line) =>
      h(
        "button",
        { type: "button", class: "link", onclick: () => reveal(line - 1) },
        t("line {0}", count(line)),
      ),
    ),
  );
}
