/** A job's state in words. Pure. */
import type { RunInfo } from "../../src/contracts/monitor.ts";
import { isActive } from "../../src/runs/schema.ts";
import { t } from "./text.ts";

export { isActive } from "../../src/runs/schema.ts";

export type StateInfo = Pick<RunInfo, "state" | "asked">;

/** Icon and word of every state; `spins` while something is being done. */
export const states: Record<RunInfo["state"], { icon: string; word: string; spins?: true }> = {
  created: { icon: "circle-large-outline", word: t("Not started") },
  starting: { icon: "loading", word: t("Starting"), spins: true },
  running: { icon: "loading", word: t("Running"), spins: true },
  paused: { icon: "debug-pause", word: t("Paused") },
  done: { icon: "pass", word: t("Done") },
  failed: { icon: "error", word: t("Failed") },
  stopped: { icon: "debug-stop", word: t("Stopped") },
  interrupted: { icon: "warning", word: t("Interrupted") },
  unreadable: { icon: "question", word: t("Unreadable") },
};

export function stateWord(info: StateInfo): string {
  if (isActive(info) && info.asked === "pause") return t("Pausing…");
  if (isActive(info) && info.asked === "stop") return t("Stopping…");
  return states[info.state].word;
}
