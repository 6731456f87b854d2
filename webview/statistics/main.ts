/** A dataset's statistics: asks the host for them, and shows them anew whenever the file has changed. */
import * as checks from "tunesmith:checks/statistics";
import "../common/common.css";
import "../common/list.css";
import "../common/page.css";
import "./statistics.css";
import "./list.css";
import type { DatasetState, statisticsHost, statisticsPanel } from "../../src/contracts/dataset.ts";
import { Channel } from "../../src/protocol/channel.ts";
import { problemOf } from "../common/controls.ts";
import { fill, h } from "../common/elements.ts";
import { Painter } from "../common/painter.ts";
import { port, ViewState } from "../common/vscode.ts";
import { defaultView, Statistics } from "./statistics.ts";

const root = document.getElementById("root")!;
const main = h("main");
root.append(main);
const view = new ViewState(defaultView);
// It is restored by what it keeps, also when the window is loaded again before the host has answered.
const { uri } = document.body.dataset;
if (uri !== undefined) view.set({ uri });

let shown: DatasetState | undefined;
let wantsFocus = false;
const painter = new Painter(main, () => {
  if (!shown) return;
  statistics.show(shown);
  if (!wantsFocus || !shown.statistics) return;
  wantsFocus = false;
  statistics.focusOutlook();
});

function take(state: DatasetState): void {
  if (state.uri !== view.value.uri) view.set({ uri: state.uri });
  shown = state;
  painter.request();
}

const channel = new Channel<typeof statisticsPanel, typeof statisticsHost>(
  port,
  {
    own: { contract: { name: "the statistics" }, check: checks.own },
    other: { contract: { name: "the statistics' host" }, check: checks.other },
  },
  {
    state: take,
    focus: () => {
      wantsFocus = true;
      painter.request();
    },
  },
  (problem) => console.warn(problem),
);
const statistics = new Statistics(channel, view);
fill(main, statistics.element);

async function open(): Promise<void> {
  try {
    const { state, focus } = await channel.request("open", {});
    wantsFocus ||= focus !== null;
    take(state);
  } catch (error) {
    fill(main, problemOf(error));
  }
}

void open();
