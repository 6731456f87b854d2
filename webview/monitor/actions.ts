/** The buttons of a run: those that its state allows, and what came of the last click where that went wrong. */
import type { RunAction, RunInfo } from "../../src/contracts/monitor.ts";
import { button, iconButton, problemOf } from "../common/controls.ts";
import { fill, h } from "../common/elements.ts";
import { isActive } from "../common/states.ts";
import { t } from "../common/text.ts";
import type { Monitor } from "./monitor.ts";

interface Action {
  action: RunAction;
  label: string;
  icon: string;
  title?: string;
  primary?: boolean;
  /** Shown as its icon alone. */
  small?: boolean;
  fits: (info: RunInfo) => boolean;
}

const resumable: RunInfo["state"][] = ["created", "paused", "failed", "interrupted"];
const finished: RunInfo["state"][] = ["done", "stopped"];

const actions: Action[] = [
  { action: "pause", label: t("Pause"), icon: "debug-pause", primary: true, fits: isActive },
  {
    action: "resume",
    label: t("Resume"),
    icon: "play",
    title: t("Goes on from the last checkpoint"),
    primary: true,
    fits: ({ state }) => resumable.includes(state),
  },
  {
    action: "stop",
    label: t("Stop and keep"),
    icon: "debug-stop",
    title: t("Ends the training here and keeps the best weights so far"),
    fits: isActive,
  },
  {
    action: "compare",
    label: t("Compare"),
    icon: "beaker",
    title: t("Compares the fine-tuned model with the base model on the test rows"),
    primary: true,
    fits: ({ state, kind }) => kind === "tune" && finished.includes(state),
  },
  { action: "openRecipe", label: t("Open the recipe"), icon: "json", small: true, fits: () => true },
  {
    action: "openFolder",
    label: t("Open the run's folder"),
    icon: "folder-opened",
    small: true,
    fits: () => true,
  },
  { action: "openLog", label: t("Open the log"), icon: "output", small: true, fits: () => true },
];

const openPage: Action = {
  action: "openPage",
  label: t("Open the run's page"),
  icon: "open-preview",
  small: true,
  fits: () => true,
};

export class Actions {
  readonly element = h("div", { class: "actions" });
  /** What went wrong with the last click. */
  readonly problem = h("div");
  readonly #monitor: Monitor;
  readonly #buttons: { of: Action; element: HTMLElement }[];

  constructor(monitor: Monitor, isPage: boolean) {
    this.#monitor = monitor;
    const narrow = actions.filter(({ small }) => !small).map((each) => ({ ...each, small: !each.primary }));
    const shown = isPage ? actions : [...narrow, openPage];
    this.#buttons = shown.map((of) => ({ of, element: this.#button(of) }));
    this.element.append(...this.#buttons.map(({ element }) => element));
  }

  update(info: RunInfo): void {
    const focused = this.#buttons.findIndex(({ element }) => element === document.activeElement);
    for (const { of, element } of this.#buttons) {
      element.hidden = !of.fits(info);
      // A second click would ask for the same again.
      element.toggleAttribute(
        "disabled",
        of.action === info.asked || (of.action === "pause" && info.asked === "stop"),
      );
    }
    // Where "Pause" was there is "Resume" now: the keyboard stays where it was.
    if (focused >= 0 && this.#buttons[focused]!.element.hidden) {
      this.#buttons.find(({ element }) => !element.hidden)?.element.focus();
    }
  }

  async act(action: RunAction, run?: string): Promise<void> {
    fill(this.problem);
    try {
      await this.#monitor.act(action, run);
    } catch (error) {
      fill(this.problem, problemOf(error));
    }
  }

  #button({ action, label, icon, title, primary, small }: Action): HTMLElement {
    const act = () => void this.act(action);
    if (small) return iconButton(label, icon, act);
    return button(label, act, {
      icon,
      ...(primary && { primary }),
      ...(title !== undefined && { title }),
    });
  }
}
