/** The main chart: loss of one run or several, with its controls. */
import "@vscode-elements/elements/dist/vscode-checkbox/index.js";
import "@vscode-elements/elements/dist/vscode-option/index.js";
import "@vscode-elements/elements/dist/vscode-single-select/index.js";
import type { Announcer } from "../common/announce.ts";
import { Chart } from "../common/chart.ts";
import type { ChartGroup } from "../common/chart-group.ts";
import { iconButton } from "../common/controls.ts";
import { type Child, filled, h } from "../common/elements.ts";
import { lossText, t } from "../common/text.ts";
import { type Axis, axes, smoothed } from "./curves.ts";
import { axisLook, bestMark, lossLines } from "./lines.ts";
import type { Monitor } from "./monitor.ts";
import type { RunData } from "./run-data.ts";
import { tableState } from "./table-state.ts";
import { lossInWords, newsOf } from "./words.ts";

export class LossChart {
  readonly element: HTMLElement;
  readonly #monitor: Monitor;
  readonly #announcer: Announcer;
  readonly #chart: Chart;
  readonly #reset: HTMLElement;
  readonly #others = h("vscode-single-select", {
    class: "picker",
    label: t("Lay another run over this one"),
  });
  readonly #fillOthers: (runs: { run: string; name: string }[]) => void;

  /** @param isPage with all controls, or only the curves for the narrow view */
  constructor(
    monitor: Monitor,
    group: ChartGroup,
    announcer: Announcer,
    changed: () => void,
    isPage: boolean,
  ) {
    this.#monitor = monitor;
    this.#announcer = announcer;
    this.#reset = iconButton(t("Show all steps"), "screen-normal", () => group.show(null));
    group.follow((change) => {
      if (change === "at") return;
      monitor.state.set({ range: group.range });
      this.#reset.hidden = group.range === null;
    });
    this.#reset.hidden = group.range === null;
    this.#fillOthers = filled(this.#others, (runs) => [
      option("", t("Add a run…"), true),
      ...runs.map(({ run, name }) => option(run, name, false)),
    ]);
    this.#others.addEventListener("change", () => {
      const run = this.#others.value;
      this.#others.selectedIndex = 0;
      if (run !== "") void monitor.setOverlay(run, true);
    });
    const isOverlay = (line: string) => monitor.overlays.some(({ info }) => info.run === line);
    this.#chart = new Chart(
      {
        title: t("Loss"),
        level: 2,
        height: isPage ? 320 : 170,
        yText: lossText,
        ...tableState(monitor.state, "loss"),
        remove: (line) => (isOverlay(line) ? () => void monitor.setOverlay(line, false) : null),
        tools: isPage ? [this.#others, ...this.#settings(group, changed), this.#reset] : [this.#reset],
      },
      group,
      announcer,
    );
    this.element = this.#chart.element;
  }

  update(shown: RunData): void {
    const { axis, smoothing, log } = this.#monitor.state.value;
    const { overlays, runs } = this.#monitor;
    const smooth = smoothed(shown.steps.column("loss"), smoothing);
    this.#announcer.news(newsOf(shown, smooth));
    this.#chart.show({
      lines: lossLines(shown, overlays, axis, smoothing),
      mark: bestMark(shown, axis),
      summary: lossInWords(shown, smooth),
      log,
      ...axisLook(axis),
    });
    const isShown = (run: string) => run === shown.info.run || overlays.some(({ info }) => info.run === run);
    const others = runs.filter(({ run, kind }) => kind === "tune" && !isShown(run));
    this.#fillOthers(others.map(({ run, name }) => ({ run, name })));
    this.#others.hidden = others.length === 0;
  }

  #settings(group: ChartGroup, changed: () => void): Child[] {
    const { state } = this.#monitor;
    const names: Record<Axis, string> = { step: t("by step"), time: t("by time"), epoch: t("by epoch") };
    const axis = h(
      "vscode-single-select",
      { class: "picker", label: t("Horizontal axis") },
      ...axes.map((each) => option(each, names[each], each === state.value.axis)),
    );
    axis.addEventListener("change", () => {
      state.set({ axis: axis.value as Axis });
      // A range of steps is none of seconds.
      group.point(null);
      group.show(null);
      changed();
    });
    const log = h("vscode-checkbox", { label: t("Log scale"), checked: state.value.log });
    log.addEventListener("change", () => {
      state.set({ log: log.checked });
      changed();
    });
    return [
      axis,
      log,
      smoothingSlider(state.value.smoothing, (smoothing) => {
        state.set({ smoothing });
        changed();
      }),
    ];
  }
}

function smoothingSlider(value: number, onInput: (value: number) => void): HTMLElement {
  const text = h("output", { class: "number" }, value.toFixed(2));
  const input = h("input", {
    type: "range",
    min: 0,
    max: 0.99,
    step: 0.01,
    value,
    oninput: () => {
      text.textContent = input.valueAsNumber.toFixed(2);
      onInput(input.valueAsNumber);
    },
  });
  return h("label", { class: "slider" }, t("Smoothing"), input, text);
}

function option(value: string, label: string, selected: boolean): HTMLElement {
  return h("vscode-option", { value, selected }, label);
}
