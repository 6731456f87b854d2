/** A job's state with icon and word, as trees and pages show it. */
import type { RunInfo } from "../../src/contracts/monitor.ts";
import { icon } from "./controls.ts";
import { type Child, h } from "./elements.ts";
import { t } from "./text.ts";

type StateInfo = Pick<RunInfo, "state" | "asked">;

const states: Record<RunInfo["state"], { icon: string; word: string; spins?: true }> = {
  created: { icon: "circle-large-outline", word: "Not started" },
  starting: { icon: "loading", word: "Starting", spins: true },
  running: { icon: "loading", word: "Running", spins: true },
  paused: { icon: "debug-pause", word: "Paused" },
  done: { icon: "pass", word: "Done" },
  failed: { icon: "error", word: "Failed" },
  stopped: { icon: "debug-stop", word: "Stopped" },
  interrupted: { icon: "warning", word: "Interrupted" },
  unreadable: { icon: "question", word: "Unreadable" },
};

/** Whether a process works on it. */
export function isActive({ state }: Pick<RunInfo, "state">): boolean {
  return state === "running" || state === "starting";
}

export function stateWord(info: StateInfo): string {
  if (isActive(info) && info.asked === "pause") return t("Pausing…");
  if (isActive(info) && info.asked === "stop") return t("Stopping…");
  return t(states[info.state].word);
}

export function stateBadge(info: StateInfo, ...more: Child[]): HTMLElement {
  const { icon: name, spins } = states[info.state];
  return h(
    "span",
    { class: `state state-${info.state}` },
    icon(name, spins),
    h("span", null, stateWord(info)),
    ...more,
  );
}
