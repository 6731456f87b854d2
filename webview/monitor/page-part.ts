/** A part of the page under a heading that opens and closes. Its content is made when it is seen, and when it changed. */
import { section } from "../common/controls.ts";
import { type Child, filled, h, setText } from "../common/elements.ts";
import { count } from "../common/text.ts";
import type { ViewState } from "../common/vscode.ts";
import type { RunData } from "./run-data.ts";
import type { MonitorState } from "./view-state.ts";

export interface PartOptions {
  name: string;
  title: string;
  /** Closed until a person opens it. */
  closed?: boolean;
  render: (run: RunData) => Child[];
  /** What the content depends on. */
  keyOf: (run: RunData) => string;
  /** How many there are, beside the heading; without any, there is no part. */
  countOf?: (run: RunData) => number;
  isThere?: (run: RunData) => boolean;
  /** Called after each update while the part is open. */
  onShow?: () => void;
}

export class PagePart {
  readonly element: HTMLDetailsElement;
  readonly #options: PartOptions;
  readonly #count = h("span", { class: "quiet number" });
  readonly #fill: (run: RunData) => void;

  constructor(options: PartOptions, state: ViewState<MonitorState>, changed: () => void) {
    const { name, title, closed = false, render, keyOf } = options;
    this.#options = options;
    const body = h("div");
    this.#fill = filled(body, render, (run) => `${run.info.run}\n${keyOf(run)}`);
    const onToggle = (isOpen: boolean) => {
      state.set({ open: { ...state.value.open, [name]: isOpen } });
      changed();
    };
    this.element = section(
      title,
      { open: state.value.open[name] ?? !closed, onToggle, note: this.#count },
      body,
    );
  }

  update(run: RunData): void {
    const { countOf, isThere, onShow } = this.#options;
    const number = countOf?.(run);
    setText(this.#count, number ? count(number) : "");
    this.element.hidden = !(isThere?.(run) ?? number !== 0);
    if (this.element.hidden || !this.element.open) return;
    this.#fill(run);
    onShow?.();
  }
}
