/** The monitor's side of the talk with the host: which runs there are, and all that is known of those that are shown. */
import type { monitorHost, monitorPanel, RunAction, RunInfo } from "../../src/contracts/monitor.ts";
import type { Check } from "../../src/protocol/channel.ts";
import { Channel } from "../../src/protocol/channel.ts";
import { port, type ViewState } from "../common/vscode.ts";
import { RunData } from "./run-data.ts";
import type { MonitorState } from "./view-state.ts";

type Checks = { own: Check; other: Check };

export class Monitor {
  readonly state: ViewState<MonitorState>;
  /** All runs, to lay over the one that is shown. */
  runs: readonly RunInfo[] = [];
  /** What went wrong when the shown run was asked for. */
  problem: unknown = null;
  /** Whether the host has answered. */
  isOpen = false;
  #run: string | null = null;
  readonly #followed = new Map<string, RunData>();
  readonly #channel: Channel<typeof monitorPanel, typeof monitorHost>;
  readonly #changed: () => void;

  constructor(state: ViewState<MonitorState>, checks: Checks, changed: () => void) {
    this.state = state;
    this.#changed = changed;
    const own = { contract: { name: "the monitor" }, check: checks.own };
    const other = { contract: { name: "the monitor's host" }, check: checks.other };
    this.#channel = new Channel<typeof monitorPanel, typeof monitorHost>(
      port,
      { own, other },
      {
        show: ({ run }) => void this.show(run),
        runs: (runs) => {
          this.runs = runs;
          changed();
        },
        delta: ({ run, info, events, comparisons }) => {
          this.#followed.get(run)?.add(info, events, comparisons);
          changed();
        },
        snapshot: (snapshot) => {
          if (this.#isWanted(snapshot.info.run)) this.#followed.set(snapshot.info.run, new RunData(snapshot));
          changed();
        },
        gone: ({ run }) => this.#forget(run),
      },
      (text) => console.warn(text),
    );
  }

  async open(): Promise<void> {
    try {
      const { run, runs } = await this.#channel.request("open", {});
      this.runs = runs;
      this.isOpen = true;
      await this.show(run);
      await Promise.all(this.state.value.overlays.map((each) => this.#follow(each)));
    } catch (error) {
      this.problem = error;
    }
    this.#changed();
  }

  /** The path of the run that should be shown. */
  get run(): string | null {
    return this.#run;
  }

  /** The run that is shown; null while it is being read, or without one. */
  get shown(): RunData | null {
    return this.#run === null ? null : (this.#followed.get(this.#run) ?? null);
  }

  get overlays(): RunData[] {
    return this.state.value.overlays.flatMap((run) => this.#followed.get(run) ?? []);
  }

  /** Shows another run, as it was left if it is the one of last time. */
  async show(run: string | null): Promise<void> {
    const left = this.#run;
    this.#run = run;
    this.problem = null;
    // One that was deleted may be there again.
    if (this.shown?.isGone) this.#followed.delete(run!);
    if (run !== null && run !== this.state.value.run) {
      const overlays = this.state.value.overlays.filter((each) => each !== run);
      this.state.set({ run, range: null, overlays });
    }
    if (left !== null && left !== run) this.#unfollowUnwanted(left);
    this.#changed();
    if (run !== null) await this.#follow(run);
  }

  async setOverlay(run: string, isOn: boolean): Promise<void> {
    const others = this.state.value.overlays.filter((each) => each !== run);
    this.state.set({ overlays: isOn ? [...others, run] : others });
    if (isOn) await this.#follow(run);
    else this.#unfollowUnwanted(run);
    this.#changed();
  }

  /** @throws what the host could not do */
  async act(action: RunAction, run = this.#run ?? undefined): Promise<void> {
    if (run !== undefined) await this.#channel.request("act", { run, action });
  }

  /** @throws what the host could not read */
  async log(run: string): Promise<{ text: string; cut: boolean }> {
    return this.#channel.request("log", { run });
  }

  #isWanted(run: string): boolean {
    return run === this.#run || this.state.value.overlays.includes(run);
  }

  async #follow(run: string): Promise<void> {
    if (this.#followed.has(run)) return;
    try {
      const snapshot = await this.#channel.request("follow", { run });
      // Meanwhile another one may have been selected.
      if (!this.#isWanted(run)) return this.#unfollowUnwanted(run);
      this.#followed.set(run, new RunData(snapshot));
    } catch (error) {
      if (run === this.#run) this.problem = error;
      else this.#dropOverlay(run);
    }
    this.#changed();
  }

  #unfollowUnwanted(run: string): void {
    if (this.#isWanted(run)) return;
    this.#followed.delete(run);
    // The host forgets it with the panel anyway.
    this.#channel.request("unfollow", { run }).catch(() => {});
  }

  #forget(run: string): void {
    if (run === this.#run) {
      const data = this.#followed.get(run);
      if (data) data.isGone = true;
    } else this.#dropOverlay(run);
    this.#changed();
  }

  #dropOverlay(run: string): void {
    this.#followed.delete(run);
    this.state.set({ overlays: this.state.value.overlays.filter((each) => each !== run) });
  }
}
