/** The monitor's host side through a port: what a panel makes of snapshot and deltas is what the directory says. */
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  monitorHost,
  monitorPanel,
  type RunInfo,
  type RunSnapshot,
  stepColumns,
} from "../../src/contracts/monitor.ts";
import { MonitorPanel } from "../../src/host/monitor/panel.ts";
import { snapshotOf } from "../../src/host/monitor/snapshot.ts";
import { RunStore } from "../../src/host/runs/store.ts";
import { Channel, type EventValue } from "../../src/protocol/channel.ts";
import { checkOf } from "../../src/protocol/checks.ts";
import { Random } from "../../src/random/random.ts";
import { createRun } from "../../src/runs/directory.ts";
import { removeFolder } from "../../src/runs/durable.ts";
import { encodeEvent } from "../../src/runs/events.ts";
import { files } from "../../src/runs/layout.ts";
import { readRun } from "../../src/runs/reader.ts";
import type { NewEvent, RunHistory } from "../../src/runs/schema.ts";
import { RunData } from "../../webview/monitor/run-data.ts";
import { linkedPorts } from "../protocol/ports.ts";
import { attemptEvent, sampleRecipe, stepEvent, temporaryFolder } from "../runs/temporary.ts";
import { eventually } from "./eventually.ts";

const root = temporaryFolder();
let runs = 0;

/** A run whose events a test writes, whenever they are said to have happened. */
class WrittenRun {
  readonly directory = createRun("written", sampleRecipe(root), { directory: join(root, `run-${++runs}`) });

  write(events: readonly NewEvent[], time = () => Date.now()): void {
    const lines = events.map((event) => encodeEvent(event, time())).join("");
    appendFileSync(join(this.directory, files.events), lines);
  }
}

/** The panel's end of a port, with what the page would keep. */
function page(store: RunStore, shown: string | null, context: TestContext) {
  const [hostPort, panelPort] = linkedPorts();
  const panel = new MonitorPanel(store, hostPort, {
    shown: () => shown,
    act: async () => {},
    log: () => ({ text: "log", cut: false }),
    onProblem: (problem) => problems.push(problem),
  });
  context.after(() => panel.dispose());
  const problems: string[] = [];
  const came: string[] = [];
  const lists: RunInfo[][] = [];
  const held: { data: RunData | undefined } = { data: undefined };
  const channel = new Channel<typeof monitorPanel, typeof monitorHost>(
    panelPort,
    {
      own: { contract: monitorPanel, check: checkOf(monitorPanel) },
      other: { contract: monitorHost, check: checkOf(monitorHost) },
    },
    {
      delta: ({ info, events }: EventValue<typeof monitorPanel, "delta">) => {
        came.push("delta");
        held.data?.add(info, events);
      },
      runs: (infos) => void lists.push(infos),
      snapshot: (snapshot) => {
        came.push("snapshot");
        held.data = new RunData(snapshot);
      },
      gone: () => void came.push("gone"),
      show: ({ run }) => void came.push(`show ${run}`),
    },
    (problem) => problems.push(problem),
  );
  const follow = async (run: string) => {
    held.data = new RunData(await channel.request("follow", { run }));
    return held.data;
  };
  return { panel, channel, follow, held, came, lists, problems };
}

/** What there is to see of a run: its history, steps as columns. */
function seen(data: Pick<RunData, "history" | "steps">) {
  const { steps: _, ...history } = data.history;
  return { ...history, steps: columnsOf(data.steps) };
}

function columnsOf(steps: RunData["steps"]): Record<string, number[]> {
  return Object.fromEntries(stepColumns.map((name) => [name, [...steps.column(name)]]));
}

function expected(directory: string) {
  const { steps, ...history }: RunHistory = readRun(directory).history;
  const column = (name: (typeof stepColumns)[number]) => steps.map((step) => step[name]);
  return { ...history, steps: Object.fromEntries(stepColumns.map((name) => [name, column(name)])) };
}

/** Attempts that resume anywhere, steps, validations and all else, in an order that a job could write. */
function randomEvents(random: Random, start: { attempt: number; step: number }, count: number): NewEvent[] {
  const events: NewEvent[] = [];
  for (let i = 0; i < count; i++) {
    const { step } = start;
    const at = random.integer(20);
    if (at === 0 || start.attempt === 0) {
      start.step = random.integer(step + 1);
      events.push(attemptEvent(++start.attempt, start.step));
    } else if (at === 1) events.push({ type: "validation", step, loss: random.uniform(), tokens: 1 });
    else if (at === 2) events.push({ type: "sample", step, prompt: "<b>", text: `${random.integer(9)}` });
    else if (at === 3) events.push({ type: "checkpoint", step, best: random.integer(2) === 0 });
    else if (at === 4) events.push({ type: "notice", level: "info", message: `${i}` });
    else if (at === 5) events.push({ type: "progress", phase: "a", done: i, total: count, unit: "rows" });
    else if (at === 6) {
      const figures = { stepsPerEpoch: 9, parameters: 1, trainableParameters: 1, predictedMemoryBytes: 1 };
      events.push({ type: "started", totalSteps: 999, ...figures });
    } else if (at === 7) {
      events.push({ type: "ended", attempt: start.attempt, outcome: "paused", error: null });
    } else events.push(stepEvent(++start.step, random.uniform()));
  }
  return events;
}

describe("a followed run", () => {
  it("is known to the panel as the directory says it, whatever happened and however clocks ran", async (context) => {
    const store = new RunStore();
    context.after(() => store.dispose());
    const one = async (seed: number) => {
      const random = new Random(seed);
      const run = new WrittenRun();
      let now = 1_700_000_000_000;
      // Clocks are set back now and then.
      const time = () => {
        now += random.integer(30) === 0 ? -random.integer(5000) : random.integer(100);
        return now;
      };
      const state = { attempt: 0, step: 0 };
      run.write(randomEvents(random, state, random.integer(80)), time);
      store.add(run.directory);
      const { follow, held, panel, problems } = page(store, run.directory, context);
      await follow(run.directory);
      assert.deepEqual(seen(held.data!), expected(run.directory), `seed ${seed}: the snapshot`);
      for (let part = 0; part < 3; part++) {
        run.write(randomEvents(random, state, random.integer(30)), time);
        store.refresh(run.directory);
      }
      await sleep(400);
      assert.deepEqual(seen(held.data!), expected(run.directory), `seed ${seed}: with deltas`);
      const again = new RunData(structuredClone(snapshotOf(store.get(run.directory)!)) as RunSnapshot);
      assert.deepEqual(seen(again), expected(run.directory), `seed ${seed}: a new snapshot`);
      assert.deepEqual(held.data!.info, again.info);
      assert.deepEqual(problems, []);
      panel.dispose();
    };
    await Promise.all(Array.from({ length: 60 }, (_, i) => one(i + 1)));
  });

  it("is sent whole, then what is new, several events in one message", async (context) => {
    const store = new RunStore();
    context.after(() => store.dispose());
    const run = new WrittenRun();
    store.add(run.directory);
    const { channel, follow, held, came, lists } = page(store, run.directory, context);
    const { run: shown, runs: known } = await channel.request("open", {});
    assert.deepEqual([shown, known.map(({ run }) => run)], [run.directory, [run.directory]]);
    await follow(run.directory);
    run.write([attemptEvent(1, 0)]);
    for (let step = 1; step <= 40; step++) {
      run.write([stepEvent(step)]);
      store.refresh(run.directory);
    }
    await eventually("came", () => came.length > 0);
    assert.deepEqual(came, ["delta"]);
    assert.equal(lists.length, 1);
    assert.deepEqual(columnsOf(held.data!.steps).step!.length, 40);
    assert.deepEqual(await channel.request("log", { run: run.directory }), { text: "log", cut: false });
    await channel.request("unfollow", { run: run.directory });
    run.write([stepEvent(41)]);
    store.refresh(run.directory);
    await sleep(300);
    assert.deepEqual(came, ["delta"]);
  });

  it("is sent anew where another lies in its place, and missed when it is gone", async (context) => {
    const store = new RunStore();
    context.after(() => store.dispose());
    const run = new WrittenRun();
    run.write([attemptEvent(1, 0), stepEvent(1), stepEvent(2)]);
    store.add(run.directory);
    const { follow, held, came, channel } = page(store, run.directory, context);
    await follow(run.directory);
    removeFolder(run.directory);
    createRun("another", sampleRecipe(root), { directory: run.directory });
    run.write([attemptEvent(1, 0), stepEvent(1)]);
    store.refresh(run.directory);
    await eventually("came anew", () => came.includes("snapshot"));
    assert.deepEqual([held.data!.info.name, columnsOf(held.data!.steps).step], ["another", [1]]);
    removeFolder(run.directory);
    store.refresh(run.directory);
    await eventually("went", () => came.includes("gone"));
    await assert.rejects(channel.request("follow", { run: run.directory }), /there is no run/);
  });
});

it("a hidden panel is sent nothing, and opens anew when it is back", async (context) => {
  const store = new RunStore();
  context.after(() => store.dispose());
  const run = new WrittenRun();
  run.write([attemptEvent(1, 0)]);
  store.add(run.directory);
  const { panel, follow, held, came, lists, channel } = page(store, run.directory, context);
  await follow(run.directory);
  panel.setVisible(false);
  panel.show(null);
  run.write([stepEvent(1)]);
  store.refresh(run.directory);
  await sleep(300);
  assert.deepEqual([came, lists], [[], []]);
  panel.setVisible(true);
  await channel.request("open", {});
  await follow(run.directory);
  assert.deepEqual(columnsOf(held.data!.steps).step, [1]);
  run.write([stepEvent(2)]);
  store.refresh(run.directory);
  await eventually("came", () => came.length > 0);
  assert.deepEqual(columnsOf(held.data!.steps).step, [1, 2]);
  panel.show(null);
  await eventually("shown", () => came.includes("show null"));
  panel.dispose();
  run.write([stepEvent(3)]);
  store.refresh(run.directory);
  await sleep(300);
  assert.deepEqual(columnsOf(held.data!.steps).step, [1, 2]);
  await assert.rejects(
    Promise.race([channel.request("open", {}), sleep(50).then(() => Promise.reject(new Error("no answer")))]),
  );
});
