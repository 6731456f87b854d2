/** Preview as the model sees it: one row of a dataset as tokens. */
import * as checks from "tunesmith:checks/preview";
import "../common/common.css";
import "../common/page.css";
import "./preview.css";
import type { previewHost, previewPanel, ShownRow } from "../../src/contracts/dataset.ts";
import { Channel } from "../../src/protocol/channel.ts";
import { Announcer } from "../common/announce.ts";
import { problemOf } from "../common/controls.ts";
import { fill, h } from "../common/elements.ts";
import { Painter } from "../common/painter.ts";
import { port, ViewState } from "../common/vscode.ts";
import { Preview } from "./preview.ts";

const root = document.getElementById("root")!;
const main = h("main");
const announcer = new Announcer();
root.append(main, announcer.element);
const state = new ViewState({ uri: "" });
// It is restored by what it keeps, also when the window is loaded again before the host has answered.
const { uri } = document.body.dataset;
if (uri !== undefined) state.set({ uri });

let shown: ShownRow = { uri: uri ?? "", name: "", preview: null, modelTrouble: null, problem: null };
const painter = new Painter(main, () => preview.show(shown));

function take(next: ShownRow): void {
  if (next.uri !== state.value.uri) state.set({ uri: next.uri });
  shown = next;
  painter.request();
}

const channel = new Channel<typeof previewPanel, typeof previewHost>(
  port,
  {
    own: { contract: { name: "the preview" }, check: checks.own },
    other: { contract: { name: "the preview's host" }, check: checks.other },
  },
  { shown: take },
  (problem) => console.warn(problem),
);
const preview = new Preview(channel, announcer);
fill(main, preview.element);

async function open(): Promise<void> {
  try {
    take(await channel.request("open", {}));
  } catch (error) {
    fill(main, problemOf(error));
  }
}

painter.request();
void open();
