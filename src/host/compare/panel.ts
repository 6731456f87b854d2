/**
 * The host's side of a compare page: the head and new rows while a comparison goes on, and what the page asks. Knows
 * nothing of VS Code: a test drives it through a port.
 */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type CompareAction, type CompareHead, compareHost, comparePanel } from "../../contracts/compare.ts";
import type { RunInfo } from "../../contracts/monitor.ts";
import {
  type Asked,
  Channel,
  type Params,
  type Port,
  type Progress,
  type Result,
} from "../../protocol/channel.ts";
import { checkOf } from "../../protocol/checks.ts";
import { TunesmithError, toErrorRecord } from "../../protocol/errors.ts";
import { files } from "../../runs/layout.ts";
import { isActive } from "../../runs/schema.ts";
import type { RunStore } from "../runs/store.ts";
import { type Judged, type Judging, nothingJudged } from "./judging.ts";

/** At most so often. */
const sendEveryMs = 250;
/** Between two judgements: at least so long, and so many times as long as the last one took, which the job itself needs. */
const restMs = 1000;
const restPerCost = 9;
/** A page is opened without its judgement rather than kept waiting for longer. */
const openWithinMs = 1000;
/** Rows in one message. */
const block = 500;

type Host = typeof compareHost;

/** What only VS Code can do. `run` is the tuning run's directory. */
export interface CompareSurroundings {
  act(action: CompareAction, run: string): Promise<void>;
  /** Where an export goes; null when the person thinks better of it. @throws `usage` for no such format */
  askPath(format: string, name: string): Promise<string | null>;
  /** Whether the row was added to the training file of the run. */
  addToDataset(run: string, row: DatasetRow): Promise<boolean>;
  chat(
    run: string,
    asked: Params<Host, "chat">,
    options: Asked<Progress<Host, "chat">>,
  ): Promise<Result<Host, "chat">>;
  onProblem(problem: string): void;
}

/** A test row with the answer that somebody wants a model to learn. */
export interface DatasetRow {
  id: string;
  messages: { role: string; content: string }[];
  answer: string;
}

const checks = { own: checkOf(compareHost), other: checkOf(comparePanel) };

export class ComparePanel {
  readonly #directory: string;
  readonly #store: RunStore;
  readonly #judge: Judging;
  readonly #around: CompareSurroundings;
  readonly #channel: Channel<typeof compareHost, typeof comparePanel>;
  readonly #unlisten: () => void;
  #release: (() => void) | undefined;
  #isVisible = true;
  /** The page has been told how things are, and waits for more. */
  #isOpen = false;
  #timer: NodeJS.Timeout | undefined;
  #lastInfo: RunInfo | undefined;
  #judged: Judged["head"] = nothingJudged;
  #problems: readonly string[] = [];
  #task: string | null = null;
  /** Answers may have come since the last look. */
  #isStale = true;
  #looking: Promise<unknown> = Promise.resolve();
  #isLooking = false;
  #restUntil = 0;
  #lastSent = "";
  /** Aborted when a page is opened anew: what an earlier one asked for is nobody's. */
  #life = new AbortController();

  constructor(
    directory: string,
    parts: { store: RunStore; judge: Judging; port: Port; around: CompareSurroundings },
  ) {
    const { store, judge, port, around } = parts;
    this.#directory = directory;
    this.#store = store;
    this.#judge = judge;
    this.#around = around;
    this.#channel = new Channel<typeof compareHost, typeof comparePanel>(
      port,
      {
        own: { contract: compareHost, check: checks.own },
        other: { contract: comparePanel, check: checks.other },
      },
      {
        open: () => this.#open(),
        rows: (params) => judge.request("rows", params),
        row: (params) => judge.request("row", params),
        score: async ({ task }) => {
          await this.#look(task);
          return {};
        },
        note: async (params) => {
          const { humanVerdict, putAside } = await judge.request("note", params);
          this.#judged = { ...this.#judged, humanVerdict };
          if (putAside) around.onProblem(`The notes could not be read, and were put aside as ${putAside}`);
          this.#schedule();
          return {};
        },
        addToDataset: async ({ index, answer }) => {
          const [row, { messages }] = await Promise.all([
            judge.request("rows", { from: index, count: 1 }),
            judge.request("row", { index }),
          ]);
          const added = await around.addToDataset(this.#tuningRun(), {
            id: row.rows[0]!.id,
            messages,
            answer,
          });
          return { added };
        },
        export: async ({ format }) => {
          const path = await around.askPath(format, basename(this.#tuningRun()));
          if (path !== null) await judge.request("export", { format, path });
          return { path };
        },
        act: async ({ action }) => {
          await around.act(action, this.#tuningRun());
          return {};
        },
        chat: async (params, { signal, progress }) => {
          const either = AbortSignal.any([signal, this.#life.signal]);
          return around.chat(this.#tuningRun(), params, { signal: either, progress });
        },
      },
      around.onProblem,
    );
    const events = (run: { summary: { directory: string } }) => {
      if (run.summary.directory !== directory) return;
      this.#isStale = true;
      this.#schedule();
    };
    const changed = () => this.#schedule();
    store.on("events", events).on("changed", changed).on("gone", changed);
    this.#unlisten = () => store.off("events", events).off("changed", changed).off("gone", changed);
  }

  /** A hidden page hears nothing and costs nothing; it asks anew when it is back. */
  setVisible(visible: boolean): void {
    this.#isVisible = visible;
    this.#watch();
  }

  dispose(): void {
    this.#isOpen = false;
    this.#watch();
    this.#unlisten();
    this.#life.abort();
    this.#channel.close("the page was closed");
  }

  /** Follows the comparison while a page that was opened is seen. */
  #watch(): void {
    if (this.#isOpen && this.#isVisible) {
      this.#release ??= this.#store.watchClosely(this.#directory);
      if (this.#isStale) this.#schedule();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  async #open(): Promise<Result<Host, "open">> {
    if (!existsSync(join(this.#directory, files.job)))
      throw new TunesmithError(
        "run-not-found",
        `there is no comparison ${this.#directory} any more`,
        "Close this page, and compare the run again.",
      );
    if (!this.#store.get(this.#directory)) this.#store.add(this.#directory);
    this.#life.abort();
    this.#life = new AbortController();
    this.#isOpen = false;
    this.#watch();
    const looked = this.#look(this.#task);
    let waited: NodeJS.Timeout | undefined;
    const enough = new Promise((resolve) => {
      waited = setTimeout(resolve, openWithinMs);
    });
    looked.catch((error) => this.#around.onProblem(toErrorRecord(error).message));
    await Promise.race([looked, enough]).finally(() => clearTimeout(waited));
    const head = this.#head();
    this.#lastSent = JSON.stringify(head);
    this.#isOpen = true;
    this.#watch();
    return { head, rows: head.rowsAnswered };
  }

  /** Looks once more, one look after another, and sends what it finds. @throws `usage` for a task that is not offered */
  #look(task: string | null): Promise<void> {
    const look = async () => {
      this.#isLooking = true;
      this.#isStale = false;
      try {
        const { head, changedFrom, problems, ms } = await this.#judge.request("look", { task });
        this.#task = task;
        this.#judged = head;
        this.#problems = problems;
        this.#restUntil = Date.now() + Math.max(restMs, restPerCost * ms);
        this.#sendHead();
        await this.#sendRows(changedFrom, head.rowsAnswered);
      } finally {
        this.#isLooking = false;
        if (this.#isStale) this.#schedule();
      }
    };
    const looked = this.#looking.then(look);
    this.#looking = looked.catch(() => {});
    return looked;
  }

  #schedule(): void {
    if (this.#release) this.#timer ??= setTimeout(() => this.#tick(), sendEveryMs);
  }

  #tick(): void {
    this.#timer = undefined;
    this.#sendHead();
    if (!this.#isStale || this.#isLooking) return;
    const run = this.#store.get(this.#directory);
    const hasEnded = !run || !isActive(run.summary);
    if (hasEnded || Date.now() >= this.#restUntil)
      this.#look(this.#task).catch((error) => this.#around.onProblem(toErrorRecord(error).message));
    else this.#schedule();
  }

  #sendHead(): void {
    if (!this.#release) return;
    const head = this.#head();
    const text = JSON.stringify(head);
    if (text === this.#lastSent) return;
    this.#lastSent = text;
    this.#channel.emit("head", head);
  }

  async #sendRows(from: number, end: number): Promise<void> {
    for (let at = from; at < end && this.#release; at += block) {
      const { rows } = await this.#judge.request("rows", { from: at, count: block });
      if (rows.length > 0) this.#channel.emit("rows", rows);
    }
  }

  /** A comparison lies in its run's directory, also when both were moved. */
  #tuningRun(): string {
    return dirname(dirname(this.#directory));
  }

  #head(): CompareHead {
    const known = this.#store.get(this.#directory);
    const info = known?.info ?? this.#lastInfo!;
    this.#lastInfo = info;
    const run = this.#tuningRun();
    const progress = known && isActive(known.summary) ? known.summary.history.progress : null;
    const gone = { message: "The comparison's folder is gone.", hint: "What is shown here was read before." };
    const damage = this.#problems.length > 0 ? { message: this.#problems.join("; "), hint: "" } : null;
    return {
      job: { ...info, problem: known ? (info.problem ?? damage) : gone },
      tuningRun: {
        run,
        name: this.#store.get(run)?.info.name ?? basename(run),
        there: existsSync(join(run, files.job)),
      },
      progress: progress && { done: progress.done, total: progress.total, phase: progress.phase },
      ...this.#judged,
    };
  }
}
