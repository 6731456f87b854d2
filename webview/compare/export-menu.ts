/** Export: the comparison as a page, a table or data; the host asks where to. */
import { problemOf } from "../common/controls.ts";
import { fill, h } from "../common/elements.ts";
import { t } from "../common/text.ts";
import type { Page } from "./page.ts";
import { popup } from "./popup.ts";

const formats = [
  { id: "html", title: t("Web page"), about: t("All there is, in one file that works offline") },
  { id: "csv", title: t("CSV"), about: t("Rows with answers and scores, for a spreadsheet") },
  { id: "jsonl", title: t("JSON Lines"), about: t("Rows with all that was recorded, for programs") },
  { id: "markdown", title: t("Markdown"), about: t("Verdict and summary, for a report or an issue") },
];

export function exportMenu(page: Page): HTMLElement {
  const outcome = h("p", { class: "export-outcome", role: "status" });
  const write = async (format: string) => {
    try {
      const { path } = await page.channel.request("export", { format });
      fill(outcome, path !== null && t("Written to {0}", path));
    } catch (error) {
      fill(outcome, problemOf(error));
    }
  };
  const choices = formats.map(({ id, title, about }) =>
    h(
      "button",
      { type: "button", class: "choice", "data-format": id, onclick: () => write(id) },
      h("span", null, title),
      h("span", { class: "quiet" }, about),
    ),
  );
  return popup(t("Export"), "export", ...choices, outcome);
}
