/** A button that opens a small sheet of choices below it. Escape, a click elsewhere and leaving it by Tab close it. */
import { icon } from "../common/controls.ts";
import { type Child, h } from "../common/elements.ts";

export function popup(label: string, name: string, ...children: Child[]): HTMLDetailsElement {
  const summary = h(
    "summary",
    { class: "popup-button" },
    icon(name),
    h("span", null, label),
    icon("chevron-down"),
  );
  const element = h("details", { class: "popup" }, summary, h("div", { class: "popup-sheet" }, ...children));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !element.open) return;
    element.open = false;
    summary.focus();
    event.stopPropagation();
  });
  element.addEventListener("focusout", (event) => {
    if (event.relatedTarget instanceof Node && !element.contains(event.relatedTarget)) element.open = false;
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.composedPath().includes(element)) element.open = false;
  });
  return element;
}
