/** The monitor: a run as it goes on. `<body data-view>` says which of its two views this is. */
import * as checks from "tunesmith:checks/monitor";
import "../common/common.css";
import "./monitor.css";
import { Announcer } from "../common/announce.ts";
import { ChartGroup } from "../common/chart-group.ts";
import { problemOf } from "../common/controls.ts";
import { type Child, filled, h } from "../common/elements.ts";
import { Painter } from "../common/painter.ts";
import { t } from "../common/text.ts";
import { ViewState } from "../common/vscode.ts";
import { Monitor } from "./monitor.ts";
import { Page } from "./page.ts";
import { Side } from "./side.ts";
import { initialState } from "./view-state.ts";

/** What both views are made of. */
export interface Parts {
  monitor: Monitor;
  group: ChartGroup;
  announcer: Announcer;
  /** To be called when a setting changed what is to be seen. */
  changed: () => void;
}

const root = document.getElementById("root")!;
const main = h("main");
const announcer = new Announcer();
root.append(main, announcer.element);

const painter = new Painter(main, paint);
const changed = () => painter.request();
const state = new ViewState(initialState);
// A page is restored by what it keeps, also when the window is loaded again before the host has answered.
const { run: pageOf } = document.body.dataset;
if (pageOf !== undefined && state.value.run === "") state.set({ run: pageOf });
const monitor = new Monitor(state, checks, changed);
const group = new ChartGroup(state.value.range);
const View = document.body.dataset.view === "side" ? Side : Page;
const view = new View({ monitor, group, announcer, changed });

const message = h("div", { class: "empty" });
const fillMessage = filled(message, (what: { text: string; problem: Node | null }): Child[] => [
  h("h1", { class: "visually-hidden" }, t("Training")),
  what.problem ?? h("p", null, what.text),
]);
main.append(message, view.element);

function paint(): void {
  const { shown, run, isOpen, problem } = monitor;
  view.element.hidden = shown === null;
  message.hidden = shown !== null;
  if (shown) {
    group.show(state.value.range);
    view.update(shown);
  } else if (problem !== null) fillMessage({ text: "", problem: problemOf(problem) });
  else if (!isOpen || run !== null) fillMessage({ text: t("Reading the run…"), problem: null });
  else fillMessage({ text: t("Select a run above to see how its training goes."), problem: null });
}

changed();
void monitor.open();
