/**
 * The runs there are, whoever started them, and what is new of them. Folders of runs are watched for runs that come and
 * go; a run that is going on is also looked at again and again, since watching sees nothing on network and WSL mounts.
 * Knows nothing of VS Code.
 */
import { EventEmitter } from "node:events";
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { RunInfo } from "../../contracts/monitor.ts";
import { runNames } from "../../runs/directory.ts";
import { files, runsFolder } from "../../runs/layout.ts";
import { RunFollower, type RunSummary } from "../../runs/reader.ts";
import { isActive, type RunEvent } from "../../runs/schema.ts";
import { runInfo } from "./info.ts";
import { realPath } from "./real-path.ts";
import { fileWatcher, type Waiting, type Watcher, whenThere } from "./watching.ts";

/** How often an active run is looked at: for the lists, and where somebody watches its curve grow. */
const pollMs = 1000;
const livePollMs = 200;
/** Events of the file system come in swarms. */
const settleMs = 100;

/** A run and, for one that trains, its comparisons, newest first. */
export interface KnownRun {
  summary: RunSummary;
  info: RunInfo;
  comparisons: KnownRun[];
}

export interface StoreEvents {
  /** A run appeared, went, or changed what lists show of it. */
  changed: [];
  /** New events of one job. */
  events: [run: KnownRun, events: readonly RunEvent[]];
  /** A job ended while it was known: `before` is its state until then. */
  ended: [run: KnownRun];
  gone: [directory: string];
  /** Another job lies where one was: nothing that was known of that one holds. */
  replaced: [run: KnownRun];
}

interface Tracked extends KnownRun {
  follower: RunFollower;
  /** Tells its directory from another of the same name. */
  mark: string;
  areComparisonsWatched: boolean;
}

export class RunStore extends EventEmitter<StoreEvents> {
  readonly #folders = new Set<string>();
  /** Of these, those that are not there yet. */
  readonly #awaited = new Map<string, Waiting>();
  readonly #tracked = new Map<string, Tracked>();
  /** Directories that a visible panel shows, with how many do. */
  readonly #watched = new Map<string, number>();
  readonly #makeWatcher: () => Watcher;
  #watcher: Watcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #lastPoll = 0;
  #lastWholePoll = 0;
  #settling: NodeJS.Timeout | undefined;
  readonly #touched = new Set<string>();

  constructor(makeWatcher = fileWatcher) {
    super();
    this.#makeWatcher = makeWatcher;
  }

  /** Folders that hold runs, as they were added. */
  get folders(): string[] {
    return [...this.#folders];
  }

  /** Tuning runs, newest first. */
  get runs(): KnownRun[] {
    return [...this.#tracked.values()]
      .filter(({ summary }) => isTopLevel(summary.directory))
      .sort((a, b) => b.info.created - a.info.created || (a.info.run < b.info.run ? 1 : -1));
  }

  get(directory: string): KnownRun | undefined {
    return this.#tracked.get(directory) ?? this.#tracked.get(realPath(directory));
  }

  /** Watches a folder of runs (`.tunesmith/runs`), whether it is there yet or not. */
  addFolder(folder: string): void {
    const path = realPath(folder);
    if (this.#folders.has(path)) return;
    this.#folders.add(path);
    this.#enter(path);
    this.emit("changed");
    this.#schedule();
  }

  /** Watches a folder of runs now, or as soon as it is there. */
  #enter(folder: string): void {
    void this.#awaited.get(folder)?.close();
    this.#awaited.delete(folder);
    if (existsSync(folder)) this.#watching.add(folder);
    else if (this.#makeWatcher === fileWatcher) {
      const enter = () => {
        this.#enter(folder);
        this.emit("changed");
        this.#schedule();
      };
      this.#awaited.set(folder, whenThere(folder, enter));
    }
    this.#scan(folder);
  }

  /** Makes a run known that was started just now, without waiting for the file system to say so. */
  add(directory: string): KnownRun {
    const path = realPath(directory);
    const run = isTopLevel(path) ? path : dirname(dirname(path));
    if (dirname(run).endsWith(join("/", runsFolder))) this.addFolder(dirname(run));
    // One that lies elsewhere has neighbours that are none of ours.
    else if (!this.#tracked.has(run)) this.#watching.add(run);
    if (existsSync(join(run, files.job))) this.#track(run);
    const added = this.#track(path);
    this.emit("changed");
    this.#schedule();
    return added;
  }

  /** Looks at once, as after an action of one's own. */
  refresh(directory?: string): void {
    if (directory) this.#look(realPath(directory));
    else {
      for (const folder of this.#folders) this.#scan(folder);
      for (const known of [...this.#tracked.keys()]) this.#look(known);
    }
    this.emit("changed");
    this.#schedule();
  }

  /** While a visible panel shows a run it is looked at several times a second. Call the result once to end that. */
  watchClosely(given: string): () => void {
    const directory = realPath(given);
    this.#watched.set(directory, (this.#watched.get(directory) ?? 0) + 1);
    this.#schedule();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = this.#watched.get(directory)! - 1;
      if (left > 0) this.#watched.set(directory, left);
      else this.#watched.delete(directory);
    };
  }

  async dispose(): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#settling);
    this.removeAllListeners();
    await Promise.all([this.#watcher, ...this.#awaited.values()].map((watcher) => watcher?.close()));
  }

  get #watching(): Watcher {
    this.#watcher ??= this.#startWatcher();
    return this.#watcher;
  }

  #startWatcher(): Watcher {
    const watcher = this.#makeWatcher();
    watcher.on("all", (_, path) => {
      this.#touched.add(path);
      this.#settling ??= setTimeout(() => this.#settle(), settleMs);
    });
    watcher.on("error", () => {}); // a folder that cannot be watched is still read when something asks
    return watcher;
  }

  /** What the watcher saw: runs that came or went, and files of runs that changed. */
  #settle(): void {
    this.#settling = undefined;
    const touched = [...this.#touched];
    this.#touched.clear();
    const isTouched = (directory: string) =>
      touched.some((path) => path === directory || path.startsWith(join(directory, "/")));
    for (const folder of this.#folders)
      if (isTouched(folder)) existsSync(folder) ? this.#scan(folder) : this.#enter(folder);
    for (const directory of [...this.#tracked.keys()]) if (isTouched(directory)) this.#look(directory);
    this.emit("changed");
    this.#schedule();
  }

  #scan(folder: string): void {
    const names = new Set(runNames(folder));
    for (const name of names) if (!this.#tracked.has(join(folder, name))) this.#track(join(folder, name));
    for (const { summary } of [...this.#tracked.values()]) {
      const { directory } = summary;
      if (dirname(directory) === folder && !names.has(basename(directory))) this.#forget(directory);
    }
  }

  #track(directory: string): Tracked {
    const known = this.#tracked.get(directory);
    if (known) return known;
    const follower = new RunFollower(directory);
    const { run: summary } = follower.look();
    const tracked: Tracked = {
      ...{ follower, summary, info: runInfo(summary), comparisons: [] },
      mark: markOf(directory),
      areComparisonsWatched: false,
    };
    this.#tracked.set(directory, tracked);
    if (isTopLevel(directory)) this.#scanComparisons(tracked);
    else this.#attach(tracked);
    return tracked;
  }

  #scanComparisons(run: Tracked): void {
    const folder = join(run.summary.directory, files.comparisons);
    for (const name of runNames(folder)) this.#track(join(folder, name));
    if (run.areComparisonsWatched || !existsSync(folder)) return;
    run.areComparisonsWatched = true;
    this.#watching.add(folder);
  }

  /** A comparison goes to its run's list. */
  #attach(comparison: Tracked): void {
    const run = this.#tracked.get(dirname(dirname(comparison.summary.directory)));
    if (!run || run.comparisons.includes(comparison)) return;
    run.comparisons.unshift(comparison);
    run.comparisons.sort((a, b) => b.info.created - a.info.created);
  }

  /** Reads what is new of a job. */
  #look(directory: string): void {
    const tracked = this.#tracked.get(directory);
    if (!tracked) return;
    if (!existsSync(directory) || markOf(directory) !== tracked.mark) {
      this.#forget(directory, !existsSync(directory));
      if (existsSync(directory)) this.emit("replaced", this.#track(directory));
      return;
    }
    const wasActive = isActive(tracked.summary);
    const { run: summary, events } = tracked.follower.look();
    tracked.summary = summary;
    tracked.info = runInfo(summary);
    if (isTopLevel(directory)) this.#scanComparisons(tracked);
    if (events.length > 0) this.emit("events", tracked, events);
    if (wasActive && !isActive(summary)) this.emit("ended", tracked);
  }

  #forget(directory: string, isGone = true): void {
    this.#tracked.delete(directory);
    for (const run of this.#tracked.values()) {
      run.comparisons = run.comparisons.filter(({ summary }) => summary.directory !== directory);
    }
    for (const path of [...this.#tracked.keys()])
      if (path.startsWith(join(directory, "/"))) this.#forget(path);
    if (isGone) this.emit("gone", directory);
  }

  /** Looks again when it is time: whatever else happens in between does not put that off. */
  #schedule(): void {
    const active = [...this.#tracked.values()].filter(({ summary }) => isActive(summary));
    const isLive = active.some(({ summary }) => this.#watched.has(summary.directory));
    const due = this.#lastPoll + (isLive ? livePollMs : pollMs);
    if (this.#timer && active.length > 0 && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (active.length === 0) return;
    this.#due = due;
    this.#timer = setTimeout(() => this.#poll(), Math.max(0, due - Date.now()));
  }

  #poll(): void {
    const now = Date.now();
    this.#timer = undefined;
    this.#lastPoll = now;
    const whole = now - this.#lastWholePoll >= pollMs;
    if (whole) this.#lastWholePoll = now;
    const before = this.#shown();
    for (const { summary } of [...this.#tracked.values()]) {
      if (isActive(summary) && (whole || this.#watched.has(summary.directory))) this.#look(summary.directory);
    }
    if (this.#shown() !== before) this.emit("changed");
    this.#schedule();
  }

  /** What lists show, to tell whether they must be told. */
  #shown(): string {
    return [...this.#tracked.values()].map(({ info }) => JSON.stringify(info)).join("\n");
  }
}

function isTopLevel(directory: string): boolean {
  return basename(dirname(directory)) !== files.comparisons;
}

/** The inode alone is given to another file at once. */
function markOf(directory: string): string {
  const job = statSync(join(directory, files.job), { throwIfNoEntry: false });
  return job ? `${job.ino} ${job.mtimeMs}` : "";
}
