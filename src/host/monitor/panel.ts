/** The host's side of a monitor, in the side bar or in an editor tab: one snapshot of each run it follows, then deltas. */
import { monitorHost, monitorPanel, type RunAction, type RunInfo } from "../../contracts/monitor.ts";
import { Channel, type Port } from "../../protocol/channel.ts";
import { checkOf } from "../../protocol/checks.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import type { RunEvent } from "../../runs/schema.ts";
import type { KnownRun, RunStore } from "../runs/store.ts";
import { snapshotOf } from "./snapshot.ts";

/** At most so often: new figures of a run are sent together. */
const sendEveryMs = 150;

const checks = { own: checkOf(monitorHost), other: checkOf(monitorPanel) };

/** Knows nothing of VS Code: a test drives it through a port. */
export class MonitorPanel {
  readonly #store: RunStore;
  readonly #channel: Channel<typeof monitorHost, typeof monitorPanel>;
  readonly #followed = new Map<string, { release: () => void; events: RunEvent[] }>();
  readonly #unlisten: () => void;
  #visible = true;
  #timer: NodeJS.Timeout | undefined;
  #listChanged = false;

  constructor(
    store: RunStore,
    port: Port,
    options: {
      /** The run to show when the panel opens. */
      shown: () => string | null;
      act: (run: string, action: RunAction) => Promise<void>;
      log: (run: string) => { text: string; cut: boolean };
      onProblem: (problem: string) => void;
    },
  ) {
    this.#store = store;
    this.#channel = new Channel(
      port,
      {
        own: { contract: monitorHost, check: checks.own },
        other: { contract: monitorPanel, check: checks.other },
      },
      {
        open: () => {
          // A panel that was hidden or reloaded has forgotten what it followed.
          for (const run of [...this.#followed.keys()]) this.#unfollow(run);
          return { run: options.shown(), runs: this.#infos() };
        },
        follow: ({ run }) => snapshotOf(this.#follow(run)),
        unfollow: ({ run }) => {
          this.#unfollow(run);
          return {};
        },
        act: async ({ run, action }) => {
          await options.act(run, action);
          return {};
        },
        log: ({ run }) => options.log(run),
      },
      options.onProblem,
    );
    const changed = () => {
      this.#listChanged = true;
      this.#schedule();
    };
    const events = (run: KnownRun, added: readonly RunEvent[]) => {
      const followed = this.#followed.get(run.summary.directory);
      if (!followed) return;
      followed.events.push(...added);
      this.#schedule();
    };
    const gone = (run: string) => {
      if (!this.#followed.has(run)) return;
      this.#unfollow(run);
      this.#channel.emit("gone", { run });
    };
    const replaced = (run: KnownRun) => {
      const followed = this.#followed.get(run.summary.directory);
      if (!followed) return;
      followed.events = [];
      this.#channel.emit("snapshot", snapshotOf(run));
    };
    store.on("changed", changed).on("events", events).on("gone", gone).on("replaced", replaced);
    this.#unlisten = () =>
      store.off("changed", changed).off("events", events).off("gone", gone).off("replaced", replaced);
  }

  /** Another run was chosen. */
  show(run: string | null): void {
    if (this.#visible) this.#channel.emit("show", { run });
  }

  /** A hidden panel hears nothing, and the runs it shows are looked at less often; it asks anew when it is back. */
  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (visible) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const run of [...this.#followed.keys()]) this.#unfollow(run);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#unlisten();
    for (const run of [...this.#followed.keys()]) this.#unfollow(run);
    this.#channel.close("the panel was closed");
  }

  #follow(run: string): KnownRun {
    const known = this.#store.get(run);
    if (!known) throw new TunesmithError("run-not-found", `there is no run ${run} any more`);
    this.#unfollow(run);
    // A panel that was hidden while it asked asks again when it is back.
    if (this.#visible) this.#followed.set(run, { release: this.#store.watchClosely(run), events: [] });
    return known;
  }

  #unfollow(run: string): void {
    this.#followed.get(run)?.release();
    this.#followed.delete(run);
  }

  #schedule(): void {
    if (this.#visible) this.#timer ??= setTimeout(() => this.#send(), sendEveryMs);
  }

  #send(): void {
    this.#timer = undefined;
    if (this.#listChanged) {
      this.#listChanged = false;
      this.#channel.emit("runs", this.#infos());
    }
    for (const [run, followed] of this.#followed) {
      const known = this.#store.get(run);
      if (!known || followed.events.length === 0) continue;
      this.#channel.emit("delta", { run, info: known.info, events: followed.events });
      followed.events = [];
    }
  }

  /** Runs and, after each, its comparisons: what a followed run's page also lists. */
  #infos(): RunInfo[] {
    return this.#store.runs.flatMap((run) => [run.info, ...run.comparisons.map(({ info }) => info)]);
  }
}
