/** The runs an editor knows: real directories, real job processes, and file systems that tell nothing. */
import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { MonitorPanel } from "../../src/host/monitor/panel.ts";
import { RunStore } from "../../src/host/runs/store.ts";
import type { Watcher } from "../../src/host/runs/watching.ts";
import { pauseRun, resumeRun } from "../../src/jobs/control.ts";
import { spawnJob } from "../../src/jobs/spawn.ts";
import { createComparison, createRun } from "../../src/runs/directory.ts";
import { removeFolder } from "../../src/runs/durable.ts";
import { EventWriter } from "../../src/runs/events.ts";
import { files } from "../../src/runs/layout.ts";
import { RunLock } from "../../src/runs/lock.ts";
import { attemptEvent, sampleRecipe, stepEvent, temporaryFolder } from "../runs/temporary.ts";
import { fakeJob, fakeRun, until } from "../trainer/jobs.ts";
import { eventually } from "./eventually.ts";

/** Sees nothing, as on network shares and under WSL. */
function blind(): Watcher {
  const watcher = { add: () => watcher, on: () => watcher, close: async () => {} };
  return watcher as unknown as Watcher;
}

/** Everything that a store told. */
function listen(store: RunStore) {
  const told: string[] = [];
  store.on("ended", ({ info }) => told.push(`ended ${info.state}`));
  store.on("gone", () => told.push("gone"));
  store.on("replaced", ({ info }) => told.push(`replaced ${info.state}`));
  store.on("events", ({ info }, events) => told.push(...events.map(({ type }) => `${info.kind} ${type}`)));
  return told;
}

function storeIn(context: TestContext, makeWatcher?: () => Watcher): RunStore {
  const store = new RunStore(makeWatcher);
  context.after(() => store.dispose());
  return store;
}

const root = temporaryFolder();
let folders = 0;
function newFolder(): string {
  const folder = join(root, `runs-${++folders}`);
  mkdirSync(folder);
  return folder;
}

const settings = (run: string) => ({ run, shots: [0], limit: null, test: null });

describe("runs come and go", () => {
  it("in a folder that is not there yet", async (context) => {
    const store = storeIn(context);
    const folder = join(newFolder(), "project", ".tunesmith", "runs");
    store.addFolder(folder);
    assert.equal(store.runs.length, 0);
    // One after another, as far apart as a person or a slow disk makes them.
    for (const part of [join(folder, "..", ".."), join(folder, ".."), folder]) {
      await sleep(300);
      mkdirSync(part);
    }
    await sleep(300);
    const run = fakeRun(folder, 5);
    await eventually("saw the run", () => store.runs.length === 1);
    assert.equal(store.get(run)!.info.state, "created");
    const told = listen(store);
    removeFolder(run);
    await eventually("missed the run", () => store.runs.length === 0);
    assert.deepEqual(told, ["gone"]);
  });

  it("whoever starts them: a job of another process is followed to its end, which is told once", async (context) => {
    const store = storeIn(context);
    const folder = newFolder();
    store.addFolder(folder);
    const told = listen(store);
    const run = fakeRun(folder, 40, { stepMs: 10 });
    await spawnJob(run, fakeJob);
    await eventually("saw it run", () => store.get(run)?.info.state === "running");
    await eventually("saw it end", () => store.get(run)?.info.state === "done");
    store.refresh();
    await sleep(1200);
    assert.deepEqual(
      told.filter((text) => text.startsWith("ended")),
      ["ended done"],
    );
    assert.deepEqual(store.get(run)!.summary.history.steps.length, 40);
  });

  it("where one lies in the place of another, nothing of the other is left", async (context) => {
    const store = storeIn(context);
    const folder = newFolder();
    const directory = join(folder, "mine");
    const make = (steps: number) => {
      createRun("mine", sampleRecipe(folder), { directory });
      const events = new EventWriter(directory);
      events.write(attemptEvent(1, 0));
      for (let step = 1; step <= steps; step++) events.write(stepEvent(step));
      events.close();
    };
    make(30);
    store.addFolder(folder);
    assert.equal(store.get(directory)!.info.step, 30);
    const told = listen(store);
    removeFolder(directory);
    make(3);
    store.refresh(directory);
    assert.equal(store.get(directory)!.info.step, 3);
    assert.deepEqual(told, ["replaced running"]);
    removeFolder(directory);
    store.refresh(directory);
    assert.equal(store.get(directory), undefined);
  });

  it("under the one name they have, through whatever link they are reached", async (context) => {
    const store = storeIn(context);
    const folder = newFolder();
    const link = `${folder}-link`;
    symlinkSync(folder, link, "dir");
    const run = fakeRun(folder, 3);
    store.addFolder(link);
    store.add(join(link, run.slice(folder.length)));
    assert.equal(store.runs.length, 1);
    assert.equal(store.get(join(link, run.slice(folder.length))), store.get(run));
    assert.equal(store.get(run)!.info.run, run);
  });

  it("one that lies alone somewhere does not make runs of its neighbours", (context) => {
    const store = storeIn(context);
    const folder = newFolder();
    mkdirSync(join(folder, "src"));
    const directory = join(folder, "out");
    createRun("mine", sampleRecipe(folder), { directory });
    store.add(directory);
    assert.deepEqual(
      store.runs.map(({ info }) => info.run),
      [directory],
    );
  });

  it("a damaged one stays in the list, however often somebody looks", (context) => {
    const store = storeIn(context);
    const folder = newFolder();
    const run = fakeRun(folder, 3);
    rmSync(join(run, files.job));
    store.addFolder(folder);
    const told = listen(store);
    for (let i = 0; i < 3; i++) store.refresh();
    assert.equal(store.get(run)?.info.state, "unreadable");
    assert.deepEqual(told, []);
  });
});

describe("a file system that tells nothing", () => {
  it("does not keep an active run from being followed", async (context) => {
    const store = storeIn(context, blind);
    const run = fakeRun(newFolder(), 30, { stepMs: 20 });
    await spawnJob(run, fakeJob);
    const told = listen(store);
    store.add(run);
    await eventually("saw steps", () => (store.get(run)?.info.step ?? 0) > 3);
    await eventually("saw the end", () => store.get(run)?.info.state === "done");
    assert.equal(told.filter((text) => text === "ended done").length, 1);
  });

  it("is asked anew by a refresh: runs that came, went or went on by other hands", async (context) => {
    const store = storeIn(context, blind);
    const folder = newFolder();
    const run = fakeRun(folder, 400, { stepMs: 5 });
    await spawnJob(run, fakeJob);
    pauseRun(run);
    await until(run, ({ state }) => state === "paused");
    store.addFolder(folder);
    assert.equal(store.get(run)!.info.state, "paused");
    await resumeRun(run, fakeJob);
    const second = fakeRun(folder, 3);
    const comparison = createComparison(settings(second));
    store.refresh();
    assert.equal(store.get(run)!.info.state, "running");
    assert.equal(store.get(second)!.comparisons[0]!.info.run, comparison);
    removeFolder(second);
    store.refresh();
    assert.equal(store.get(second), undefined);
    assert.equal(store.get(comparison), undefined);
    pauseRun(run);
    await eventually("saw it paused", () => store.get(run)!.info.state === "paused");
  });
});

describe("comparisons", () => {
  it("belong to their run, also those that others make of a run that is over", async (context) => {
    const store = storeIn(context);
    const folder = newFolder();
    const run = fakeRun(folder, 3);
    await spawnJob(run, fakeJob);
    await until(run, ({ state }) => state === "done");
    store.addFolder(folder);
    await sleep(200);
    const of = () => store.get(run)!.comparisons.map(({ info }) => info.run);
    const first = createComparison(settings(run));
    await eventually("saw the first", () => of().length === 1);
    await sleep(200);
    const second = createComparison(settings(run));
    await eventually("saw the second", () => of().length === 2);
    assert.deepEqual(of().sort(), [first, second].sort());
    assert.deepEqual(
      store.runs.map(({ info }) => info.run),
      [run],
    );
    removeFolder(first);
    await eventually("missed the first", () => of().length === 1);
    assert.deepEqual(of(), [second]);
  });

  it("bring their run along when they are named alone", (context) => {
    const store = storeIn(context);
    const run = fakeRun(newFolder(), 3);
    const comparison = createComparison(settings(run));
    store.add(comparison);
    assert.deepEqual(
      store.get(run)?.comparisons.map(({ info }) => info.run),
      [comparison],
    );
  });

  it("are looked at while another run makes the watcher busy all the time", async (context) => {
    const folder = newFolder();
    const busy = createRun("busy", sampleRecipe(folder), { root: folder });
    const busyLock = RunLock.acquire(busy);
    const busyEvents = new EventWriter(busy);
    busyEvents.write(attemptEvent(1, 0));
    // Where a watcher does not look: only asking again and again finds what is new.
    const far = createRun("far", sampleRecipe(folder), { directory: join(newFolder(), "far") });
    const farLock = RunLock.acquire(far);
    const farEvents = new EventWriter(far);
    farEvents.write(attemptEvent(1, 0));
    const store = storeIn(context, () => busyWatcher(busy));
    store.addFolder(folder);
    store.add(far);
    farEvents.write(stepEvent(1));
    let step = 0;
    const writing = setInterval(() => busyEvents.write(stepEvent(++step)), 20);
    await eventually("saw the other's step", () => store.get(far)!.info.step === 1, 4000);
    clearInterval(writing);
    busyLock.release();
    farLock.release();
  });
});

/** Tells of one run all the time, and of nothing else. */
function busyWatcher(run: string): Watcher {
  let timer: NodeJS.Timeout | undefined;
  const watcher = {
    add: () => watcher,
    on: (name: string, tell: (event: string, path: string) => void) => {
      if (name === "all") timer ??= setInterval(() => tell("change", join(run, files.events)), 20).unref();
      return watcher;
    },
    close: async () => clearInterval(timer),
  };
  return watcher as unknown as Watcher;
}

describe("a panel", () => {
  it("has its run looked at closely only while it is seen", async (context) => {
    let held = 0;
    class Counting extends RunStore {
      override watchClosely(directory: string): () => void {
        held++;
        const release = super.watchClosely(directory);
        return () => {
          held--;
          release();
        };
      }
    }
    const store = new Counting(blind);
    context.after(() => store.dispose());
    const run = fakeRun(newFolder(), 400, { stepMs: 5 });
    await spawnJob(run, fakeJob);
    store.add(run);
    const sent: unknown[] = [];
    let receive: ((message: unknown) => void) | undefined;
    const panel = new MonitorPanel(
      store,
      {
        post: (message) => sent.push(structuredClone(message)),
        listen: (take) => {
          receive = take;
        },
      },
      { shown: () => run, act: async () => {}, log: () => ({ text: "", cut: false }), onProblem() {} },
    );
    const follow = (id: number) =>
      receive!({ tunesmith: 1, kind: "request", id, name: "follow", params: { run } });
    follow(1);
    await eventually("sent deltas", () => sent.length > 3);
    assert.equal(held, 1);
    panel.setVisible(false);
    assert.equal(held, 0);
    // One that was on its way when the panel was hidden.
    follow(2);
    await sleep(50);
    assert.equal(held, 0);
    const before = sent.length;
    await sleep(700);
    assert.equal(sent.length, before);
    panel.setVisible(true);
    follow(3);
    await eventually("sent again", () => sent.length > before + 2);
    panel.dispose();
    assert.equal(held, 0);
    pauseRun(run);
    await until(run, ({ state }) => state === "paused");
  });
});
