/** A job's state in words. Pure. */
import type { RunInfo } from "../../src/contracts/monitor.ts";
import { t } from "./text.ts";

export type StateInfo = Pick<RunInfo, "state" | "asked">;

/** Icon and word of every state; `spins` while something is being done. */
export const states: Record<RunInfo["state"], { icon: string; word: string; spins?: true }> = {
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
