/**
 * A host that plays runs to the monitor. The page's address says what to show:
 * `?view=side&theme=light&run=paused`; `run=none` selects none, `live=1` lets the run go on.
 */
import { other as hostCheck, own as panelCheck } from "tunesmith:checks/monitor";
import type { monitorHost, monitorPanel, RunInfo } from "../../src/contracts/monitor.ts";
import { Channel } from "../../src/protocol/channel.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import type { RunEvent } from "../../src/runs/schema.ts";
import { hostile, infoOf, pathOf, runNames, snapshotOf, stepOf, validationOf } from "./runs.ts";
import { query, surround } from "./vscode.ts";

const side = query.get("view") === "side";
/** What the panel asked to be done. */
const acts: string[] = [];
const followed = new Map<string, RunInfo>();
const name = query.get("run") ?? "running";
const channel = new Channel<typeof monitorHost, typeof monitorPanel>(
  surround(side ? "sideBar" : "editor"),
  {
    own: { contract: { name: "the monitor's host" }, check: hostCheck },
    other: { contract: { name: "the monitor" }, check: panelCheck },
  },
  {
    open: () => ({
      run: name === "none" ? null : pathOf(name),
      runs: runNames.map((each) => infoOf(pathOf(each))),
    }),
    follow: ({ run }) => {
      followed.set(run, infoOf(run));
      return snapshotOf(run);
    },
    unfollow: ({ run }) => {
      followed.delete(run);
      return {};
    },
    act: ({ run, action }) => {
      acts.push(`${action} ${run}`);
      if (action === "compare") {
        throw new TunesmithError("run-state", "the run has no test rows", "Set data.test in the recipe.");
      }
      const info = followed.get(run);
      if (info && (action === "pause" || action === "stop")) tell(run, { ...info, asked: action }, []);
      return {};
    },
    log: ({ run }) => ({
      text: `${Array.from({ length: 60 }, (_, line) => `12:00:${line} step ${line} of ${run}`).join("\n")}\n${hostile}`,
      cut: true,
    }),
  },
  (problem) => console.error(problem),
);

function tell(run: string, info: RunInfo, events: RunEvent[]): void {
  followed.set(run, info);
  channel.emit("delta", { run, info, events });
}

/** The next steps of a run, as they come from a fast one. */
function goOn(run = pathOf(name), count = 3): void {
  const info = followed.get(run);
  if (!info) return;
  const events: RunEvent[] = Array.from({ length: count }, (_, index) => stepOf(run, info.step + index + 1));
  const step = info.step + count;
  if (step % 100 < count) events.push(validationOf(run, step));
  tell(run, { ...info, step, loss: stepOf(run, step).loss }, events);
}

/** Changes what is known of the run, and tells of events. */
function follow(change: (info: RunInfo) => RunInfo, events: RunEvent[]): void {
  const info = followed.get(pathOf(name));
  if (info) tell(info.run, change(info), events);
}

if (query.has("live")) setInterval(goOn, 250);
Object.assign(globalThis, { dev: { channel, acts, goOn, follow, pathOf } });
