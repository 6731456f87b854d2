/**
 * The runs there are, whoever started them, and what is new of them. Folders of runs are watched for runs that come and
 * go; a run that is going on is also looked at again and again, since watching sees nothing on network and WSL mounts.
 * Knows nothing of VS Code.
 */
import { EventEmitter } from "node:events";
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { RunInfo } from "../../contracts/monitor.ts";
import { runNames } from "../../runs/directory.ts";
import { files } from "../../runs/layout.ts";
import { RunFollower, type RunSummary } from "../../runs/reader.ts";
import type { RunEvent } from "../../runs/schema.ts";
import { isActive, runInfo } from "./info.ts";

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
}

interface Tracked extends KnownRun {
  follower: RunFollower;
}

export class RunStore extends EventEmitter<StoreEvents> {
  readonly #folders = new Set<string>();
  readonly #tracked = new Map<string, Tracked>();
  /** Directories that a visible panel shows, with how many do. */
  readonly #watched = new Map<string, number>();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settling: NodeJS.Timeout | undefined;
  readonly #touched = new Set<string>();

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
    return this.#tracked.get(directory);
  }

  /** Watches a folder of runs (`.tunesmith/runs`), whether it is there yet or not. */
  addFolder(folder: string): void {
    const path = existsSync(folder) ? realpathSync(folder) : resolve(folder);
    if (this.#folders.has(path)) return;
    this.#folders.add(path);
    this.#watcher ??= this.#startWatcher();
    this.#watcher.add(path);
    this.#scan(path);
    this.emit("changed");
    this.#schedule();
  }

  /** Makes a run known that was started just now, without waiting for the file system to say so. */
  add(directory: string): KnownRun {
    const folder = dirname(directory);
    if (basename(folder) !== files.comparisons) this.addFolder(folder);
    const run = this.#track(directory);
    this.emit("changed");
    this.#schedule();
    return run;
  }

  /** Looks at once, as after an action of one's own. */
  refresh(directory?: string): void {
    if (directory) this.#look(directory);
    else for (const folder of this.#folders) this.#scan(folder);
    this.emit("changed");
    this.#schedule();
  }

  /** While a visible panel shows a run it is looked at several times a second. Call the result once to end that. */
  watchClosely(directory: string): () => void {
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
    await this.#watcher?.close();
  }

  #startWatcher(): FSWatcher {
    const watcher = watch([], { depth: 1, ignoreInitial: true, ignorePermissionErrors: true });
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
    for (const folder of this.#folders) {
      const inside = touched.filter((path) => path === folder || path.startsWith(join(folder, "/")));
      if (inside.length === 0) continue;
      this.#scan(folder);
      const runs = new Set(
        inside.map((path) => join(folder, path.slice(folder.length + 1).split(/[\\/]/)[0]!)),
      );
      for (const run of runs) if (this.#tracked.has(run)) this.#look(run);
    }
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
    const tracked: Tracked = { follower, summary, info: runInfo(summary), comparisons: [] };
    this.#tracked.set(directory, tracked);
    if (isTopLevel(directory)) this.#scanComparisons(tracked);
    else this.#attach(tracked);
    return tracked;
  }

  #scanComparisons(run: Tracked): void {
    const folder = join(run.summary.directory, files.comparisons);
    for (const name of runNames(folder)) this.#track(join(folder, name));
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
    if (!existsSync(join(directory, files.job))) {
      this.#forget(directory);
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

  #forget(directory: string): void {
    this.#tracked.delete(directory);
    for (const run of this.#tracked.values()) {
      run.comparisons = run.comparisons.filter(({ summary }) => summary.directory !== directory);
    }
    for (const path of [...this.#tracked.keys()])
      if (path.startsWith(join(directory, "/"))) this.#forget(path);
    this.emit("gone", directory);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const active = [...this.#tracked.values()].filter(({ summary }) => isActive(summary));
    if (active.length === 0) return;
    const live = active.some(({ summary }) => this.#watched.has(summary.directory));
    this.#timer = setTimeout(() => this.#poll(), live ? livePollMs : pollMs);
  }

  #lastWholePoll = 0;

  #poll(): void {
    const now = Date.now();
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
