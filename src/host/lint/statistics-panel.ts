/**
 * The host's side of the statistics page: asks for figures when the file has changed, and for the outlook of a run once
 * nothing is being looked at any more. Knows nothing of VS Code: a test drives it through a port.
 */
import { type DatasetState, statisticsHost, statisticsPanel } from "../../contracts/dataset.ts";
import type { LintOutlook, LintReport, LintStatistics } from "../../contracts/lint.ts";
import { Channel, type Port } from "../../protocol/channel.ts";
import { checkOf } from "../../protocol/checks.ts";
import { toErrorRecord } from "../../protocol/errors.ts";
import { Latest } from "./pages-latest.ts";

/** Reports come several times for one edit, and edits one after the other. */
const reportMs = 500;

/** What only VS Code and the linter can do, of the page's file. */
export interface StatisticsSurroundings {
  uri: string;
  name: string;
  /** @throws whatever the linter's worker throws */
  statistics(): Promise<LintStatistics>;
  outlook(): Promise<LintOutlook>;
  report(): LintReport | undefined;
  reveal(line: number): Promise<void>;
  explain(rule: string): Promise<void>;
  onProblem(problem: string): void;
}

const checks = { own: checkOf(statisticsHost), other: checkOf(statisticsPanel) };

export class StatisticsPanel {
  readonly #around: StatisticsSurroundings;
  readonly #channel: Channel<typeof statisticsHost, typeof statisticsPanel>;
  readonly #asking = new Latest(() => this.#ask());
  #state: DatasetState;
  #isOpen = false;
  #isVisible = true;
  #isStale = false;
  #wantsOutlook: boolean;

  /** @param wantsOutlook the page begins with what a run would make of the file */
  constructor(port: Port, around: StatisticsSurroundings, wantsOutlook: boolean) {
    this.#around = around;
    this.#wantsOutlook = wantsOutlook;
    const { uri, name } = around;
    const nothing = { statistics: null, outlook: null, outlookProblem: null, problem: null };
    this.#state = { uri, name, pending: null, ...nothing };
    this.#channel = new Channel<typeof statisticsHost, typeof statisticsPanel>(
      port,
      {
        own: { contract: statisticsHost, check: checks.own },
        other: { contract: statisticsPanel, check: checks.other },
      },
      {
        open: () => {
          // What takes long comes when it is there.
          this.#isOpen = true;
          void this.#asking.now();
          const focus = this.#wantsOutlook ? ("outlook" as const) : null;
          this.#wantsOutlook = false;
          return { state: this.#state, focus };
        },
        reveal: async ({ line }) => {
          await around.reveal(line);
          return {};
        },
        explain: async ({ rule }) => {
          await around.explain(rule);
          return {};
        },
      },
      around.onProblem,
    );
  }

  /** The file was looked at anew. */
  reported(): void {
    this.#isStale = true;
    if (this.#isVisible && this.#isOpen) this.#asking.soon(reportMs);
  }

  showOutlook(): void {
    if (this.#isOpen) this.#channel.emit("focus", "outlook");
    else this.#wantsOutlook = true;
  }

  /** A hidden page hears nothing, and is told how things are when it is back. */
  setVisible(visible: boolean): void {
    this.#isVisible = visible;
    if (visible && this.#isOpen && this.#isStale) this.#asking.soon(0);
  }

  dispose(): void {
    this.#asking.dispose();
    this.#channel.close("the page was closed");
  }

  async #ask(): Promise<void> {
    this.#isStale = false;
    const report = this.#around.report();
    const pending = report?.pending ?? null;
    try {
      const statistics = await this.#around.statistics();
      this.#state = { ...this.#state, pending, statistics, problem: null };
    } catch (error) {
      this.#state = { ...this.#state, pending, statistics: null, problem: problemOf(error) };
    }
    this.#send();
    if (pending === null && this.#state.problem === null) await this.#askOutlook(report?.model.trouble);
  }

  async #askOutlook(trouble: string | undefined): Promise<void> {
    let outlook: LintOutlook | null = null;
    let outlookProblem = trouble === undefined ? null : { message: trouble, hint: "" };
    try {
      if (!outlookProblem) outlook = await this.#around.outlook();
    } catch (error) {
      outlookProblem = problemOf(error);
    }
    this.#state = { ...this.#state, outlook, outlookProblem };
    this.#send();
  }

  #send(): void {
    if (this.#isOpen) this.#channel.emit("state", this.#state);
  }
}

function problemOf(error: unknown): { message: string; hint: string } {
  const { message, hint } = toErrorRecord(error);
  return { message, hint };
}
