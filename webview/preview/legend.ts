/** What the looks of tokens mean; the samples are drawn by the rules that draw tokens. */
import { h } from "../common/elements.ts";
import { t } from "../common/text.ts";

export function legend(): HTMLElement {
  const sample = (tag: "mark" | "s" | "span", kind: string, template: boolean) =>
    h(
      "span",
      { class: "sample model-text", "aria-hidden": "true" },
      h(
        tag,
        { class: `run ${kind}` },
        h("span", { class: `token${template ? " template" : ""}` }, "ab"),
        h("span", { class: `token odd${template ? " template" : ""}` }, "cd"),
      ),
    );
  const entry = (looks: HTMLElement, text: string) => h("li", null, looks, h("span", null, text));
  const marks = h("span", { class: "sample model-text", "aria-hidden": "true" }, "· ↵ →");
  return h(
    "ul",
    { class: "legend", "aria-label": t("Legend") },
    entry(sample("mark", "trained", false), t("trained: the model learns to write it")),
    entry(sample("span", "", false), t("context: the model only reads it")),
    entry(sample("span", "", true), t("written by the template")),
    entry(sample("s", "cut", false), t("cut: the model never gets it")),
    entry(marks, t("space, end of line, tab")),
  );
}
