/** The end of a run's log, fetched when it is opened and again while the run goes on; it stays at its end. */
import { button, problemOf } from "../common/controls.ts";
import { fill, h, setText } from "../common/elements.ts";
import { isActive } from "../common/states.ts";
import { t } from "../common/text.ts";
import type { Monitor } from "./monitor.ts";

const refreshMs = 3000;

export class LogView {
  readonly element: HTMLElement;
  readonly #monitor: Monitor;
  readonly #text = h("pre", { class: "block log", tabindex: 0, role: "region", "aria-label": t("Log") });
  readonly #note = h("p", { class: "quiet" });
  readonly #problem = h("div");
  #timer: ReturnType<typeof setTimeout> | undefined;
  #read = { run: "", at: Number.NEGATIVE_INFINITY };

  constructor(monitor: Monitor, openInEditor: () => void) {
    this.#monitor = monitor;
    const refresh = button(t("Refresh"), () => void this.#fetch(), { icon: "refresh" });
    const open = button(t("Open in the editor"), openInEditor, { icon: "go-to-file" });
    this.element = h(
      "div",
      null,
      this.#problem,
      this.#note,
      this.#text,
      h("div", { class: "actions" }, refresh, open),
    );
  }

  /** Called when something of the run changed while its section is open. */
  update(): void {
    const { shown } = this.#monitor;
    if (!shown || !this.element.checkVisibility()) return;
    const isOther = shown.info.run !== this.#read.run;
    const wait = isOther ? 0 : this.#read.at + refreshMs - performance.now();
    if (wait <= 0 && (isOther || isActive(shown.info))) void this.#fetch();
    else if (isActive(shown.info)) this.#timer ??= setTimeout(() => this.#again(), Math.max(0, wait));
  }

  #again(): void {
    this.#timer = undefined;
    if (document.visibilityState === "visible") this.update();
  }

  async #fetch(): Promise<void> {
    const run = this.#monitor.run;
    if (run === null) return;
    this.#read = { run, at: performance.now() };
    try {
      const { text, cut } = await this.#monitor.log(run);
      const wasAtEnd = this.#text.scrollTop + this.#text.clientHeight >= this.#text.scrollHeight - 8;
      setText(this.#text, text === "" ? t("The log is empty.") : text);
      setText(this.#note, cut ? t("The end of it; the whole log opens in the editor.") : "");
      this.#note.hidden = !cut;
      fill(this.#problem);
      if (wasAtEnd) this.#text.scrollTop = this.#text.scrollHeight;
    } catch (error) {
      fill(this.#problem, problemOf(error));
    }
  }
}
