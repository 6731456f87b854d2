/** The controls that panels share. Their looks come from VS Code's own variables. */
import "@vscode-elements/elements/dist/vscode-button/index.js";
import type { VscodeButton } from "@vscode-elements/elements/dist/vscode-button/index.js";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { type Child, h } from "./elements.ts";
import { reducesMotion } from "./theme.ts";

/** A codicon, which says nothing to a screen reader: a text beside it does. */
export function icon(name: string, spin = false): HTMLElement {
  const moves = spin && !reducesMotion();
  return h("span", {
    class: `codicon codicon-${name}${moves ? " codicon-modifier-spin" : ""}`,
    "aria-hidden": "true",
  });
}

export function button(
  label: string,
  onclick: () => void,
  options: { icon?: string; primary?: boolean; title?: string } = {},
): VscodeButton {
  return h(
    "vscode-button",
    { secondary: !options.primary, icon: options.icon, title: options.title, onclick },
    label,
  );
}

/** A button that is only an icon; `label` is its tooltip and what a screen reader says. */
export function iconButton(label: string, name: string, onclick: () => void): HTMLButtonElement {
  return h(
    "button",
    { type: "button", class: "icon-button", title: label, "aria-label": label, onclick },
    icon(name),
  );
}

export interface Toggle {
  element: HTMLButtonElement;
  set(pressed: boolean): void;
}

/** An icon button that stays pressed. */
export function toggle(
  label: string,
  name: string,
  pressed: boolean,
  onChange: (pressed: boolean) => void,
): Toggle {
  const element = iconButton(label, name, () => {
    set(element.getAttribute("aria-pressed") !== "true");
    onChange(element.getAttribute("aria-pressed") === "true");
  });
  const set = (value: boolean) => element.setAttribute("aria-pressed", String(value));
  set(pressed);
  return { element, set };
}

/** A part of a page under a heading that opens and closes. `onToggle` hears of it when a person did so. */
export function section(
  title: string,
  options: { open: boolean; onToggle: (open: boolean) => void; level?: 2 | 3; note?: Child },
  ...children: Child[]
): HTMLDetailsElement {
  const heading = h(`h${options.level ?? 2}`, null, title);
  let isOpen = options.open;
  const ontoggle = () => {
    // Also comes when one that is open appears.
    if (details.open === isOpen) return;
    isOpen = details.open;
    options.onToggle(isOpen);
  };
  const details = h(
    "details",
    { class: "section", open: options.open, ontoggle },
    h("summary", null, icon("chevron-right"), heading, options.note),
    h("div", { class: "section-body" }, ...children),
  );
  return details;
}

/** What went wrong, and what to do: `role="alert"` where it comes as the answer to a click. */
export function problem(message: string, hint: string, options: { alert?: boolean } = {}): HTMLElement {
  return h(
    "div",
    { class: "problem", role: options.alert ? "alert" : undefined },
    icon("error"),
    h("div", null, h("p", null, message), hint !== "" && h("p", { class: "hint" }, hint)),
  );
}

/** As `problem`, for whatever was thrown; null for what a person cancelled. */
export function problemOf(thrown: unknown): HTMLElement | null {
  if (thrown instanceof TunesmithError) {
    return thrown.code === "cancelled" ? null : problem(thrown.message, thrown.hint, { alert: true });
  }
  return problem(thrown instanceof Error ? thrown.message : String(thrown), "", { alert: true });
}

/** A list of names and values. A value that is null leaves the pair out. */
export function facts(...pairs: [name: string, value: Child][]): HTMLDListElement {
  const there = pairs.filter(([, value]) => value !== null && value !== undefined && value !== false);
  return h(
    "dl",
    { class: "facts" },
    ...there.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value))),
  );
}
