/** The top of both views: which run, its state, how far it is, and its most telling figures. */
import "@vscode-elements/elements/dist/vscode-progress-bar/index.js";
import type { RunAction, RunInfo } from "../../src/contracts/monitor.ts";
import { bestValidation } from "../../src/runs/schema.ts";
import { problem } from "../common/controls.ts";
import { type Child, filled, h, setText } from "../common/elements.ts";
import { stateBadge } from "../common/run-state.ts";
import { isActive } from "../common/states.ts";
import { count, duration, lossText, t } from "../common/text.ts";
import { reducesMotion } from "../common/theme.ts";
import { Actions } from "./actions.ts";
import type { Monitor } from "./monitor.ts";
import type { RunData } from "./run-data.ts";

export class Headline {
  readonly element: HTMLElement;
  readonly #actions: Actions;
  readonly #name = h("h1");
  readonly #bar = h("vscode-progress-bar", { class: "progress" });
  readonly #phase = h("p", { class: "phase quiet" });
  readonly #fillState: (info: RunInfo) => void;
  readonly #fillTiles: (tiles: Tile[]) => void;
  readonly #fillProblem: (run: Trouble) => void;

  constructor(monitor: Monitor, isPage: boolean) {
    this.#actions = new Actions(monitor, isPage);
    const state = h("p", { class: "about" });
    const tiles = h("dl", { class: "tiles" });
    const trouble = h("div");
    this.element = h(
      "header",
      { class: "headline" },
      h("div", { class: "title" }, h("div", null, this.#name, state), this.#actions.element),
      this.#actions.problem,
      trouble,
      this.#bar,
      this.#phase,
      tiles,
    );
    this.#fillState = filled(
      state,
      (info) => about(info, isPage),
      (info) => [info.state, info.asked, info.model, info.method, info.created].join("\n"),
    );
    this.#fillTiles = filled(tiles, (shown) => shown.map(tile));
    this.#fillProblem = filled(trouble, whatIsWrong);
  }

  /** Asks for it; what goes wrong is shown under the buttons. */
  act(action: RunAction, run?: string): Promise<void> {
    return this.#actions.act(action, run);
  }

  update(run: RunData): void {
    const { info } = run;
    setText(this.#name, info.name);
    this.#name.title = info.run;
    this.#fillState(info);
    this.#actions.element.hidden = run.isGone;
    this.#actions.update(info);
    this.#fillProblem({ info: { state: info.state, problem: info.problem }, isGone: run.isGone });
    this.#showProgress(info);
    this.#fillTiles(tilesOf(run));
  }

  #showProgress({ step, totalSteps, phase, ...info }: RunInfo): void {
    const isWaiting = isActive(info) && step === 0;
    const share = totalSteps !== null && totalSteps > 0 ? step / totalSteps : 0;
    const value = isWaiting ? phaseShare(phase) : 100 * share;
    const isOver = !isActive(info) && (step === 0 || info.state === "done");
    // A share that is not known is a bar in motion.
    this.#bar.hidden = isOver || (value === null && reducesMotion());
    if (value === null) this.#bar.removeAttribute("value");
    else this.#bar.setAttribute("value", value.toFixed(1));
    this.#bar.setAttribute("aria-label", t("Progress"));
    this.#phase.hidden = !isWaiting && (phase === null || !isActive(info));
    setText(this.#phase, phase ?? t("The run is about to begin."));
  }
}

/** "downloading the model 41 %" is known by share; other phases are not. */
function phaseShare(phase: string | null): number | null {
  const share = /(\d+) ?%/.exec(phase ?? "")?.[1];
  return share === undefined ? null : Number(share);
}

function about(info: RunInfo, isPage: boolean): Child[] {
  const created = new Date(info.created).toLocaleString(undefined, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  const parts = isPage ? [info.model, info.method, created] : [info.model];
  return [
    stateBadge(info),
    ...parts.filter((part) => part !== "").map((part) => h("span", { class: "quiet" }, part)),
  ];
}

interface Tile {
  name: string;
  value: string;
  more?: string;
}

function tile({ name, value, more }: Tile): HTMLElement {
  return h(
    "div",
    null,
    h("dt", null, name),
    h("dd", null, value, more !== undefined && h("small", null, more)),
  );
}

function tilesOf({ info, history }: RunData): Tile[] {
  const { step, totalSteps, loss, secondsLeft } = info;
  if (step === 0) return [];
  const best = bestValidation(history);
  const of = totalSteps === null ? {} : { more: t("of {0}", count(totalSteps)) };
  return [
    { name: t("Step"), value: count(step), ...of },
    ...(loss === null ? [] : [{ name: t("Loss"), value: lossText(loss) }]),
    ...(best === null
      ? []
      : [{ name: t("Best validation"), value: lossText(best.loss), more: t("step {0}", count(best.step)) }]),
    ...(secondsLeft === null || !isActive(info)
      ? []
      : [{ name: t("Time left"), value: duration(secondsLeft) }]),
  ];
}

interface Trouble {
  info: Pick<RunInfo, "state" | "problem">;
  isGone: boolean;
}

function whatIsWrong({ info: { state, problem: found }, isGone }: Trouble): Child[] {
  if (isGone) return [problem(t("This run was deleted."), t("What you see is what was read of it before."))];
  if (found) return [problem(found.message, found.hint)];
  if (state === "interrupted") {
    return [
      problem(
        t(
          "The run's process is gone without a word: it was killed, or the machine went down or ran out of memory.",
        ),
        t("Resume goes on from the last checkpoint."),
      ),
    ];
  }
  return [];
}
