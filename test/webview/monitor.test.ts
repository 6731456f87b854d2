/** The monitor's pure parts: fewer points, smoothing, columns under superseded attempts, the crosshair, words. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type RunInfo,
  type RunSnapshot,
  type StepColumns,
  stepColumns,
} from "../../src/contracts/monitor.ts";
import type { RunEvent } from "../../src/runs/schema.ts";
import { moveCrosshair, moved, zoomed } from "../../webview/common/crosshair.ts";
import { averages, decimate } from "../../webview/common/decimate.ts";
import { type ChartLine, tableRows, valueAt } from "../../webview/common/lines.ts";
import { lastAtMost, nearest } from "../../webview/common/sorted.ts";
import { figure, lossText } from "../../webview/common/text.ts";
import { evenTicks, logTicks, tickTexts } from "../../webview/common/ticks.ts";
import { placesOf, smoothed, trend, validationCurve } from "../../webview/monitor/curves.ts";
import { RunData } from "../../webview/monitor/run-data.ts";
import { lossInWords, newsOf } from "../../webview/monitor/words.ts";

const upTo = (length: number) => Float64Array.from({ length }, (_, index) => index);

function step(at: number, loss = 1, seconds = 0.5): RunEvent<"step"> {
  const counts = { trainedTokens: 10, paddingShare: 0.1, memoryBytes: 5, tokensPerSecond: 20 };
  return {
    type: "step",
    time: 1000 * at,
    step: at,
    epoch: at / 10,
    loss,
    learningRate: 0.1,
    gradientNorm: 2,
    seconds,
    ...counts,
  };
}

const info: RunInfo = {
  run: "/runs/a",
  name: "a",
  kind: "tune",
  state: "running",
  asked: null,
  model: "tiny",
  method: "LoRA",
  created: 0,
  step: 0,
  totalSteps: 100,
  loss: null,
  bestValidationLoss: null,
  secondsLeft: null,
  phase: null,
  problem: null,
};

function snapshot(steps: RunEvent<"step">[], events: RunEvent[]): RunSnapshot {
  const columns = Object.fromEntries(
    stepColumns.map((name) => [name, Float64Array.from(steps, (each) => each[name])]),
  ) as StepColumns;
  return { info, recipe: "", recipeFile: null, steps: columns, events, comparisons: [] };
}

const started: RunEvent = {
  type: "started",
  time: 0,
  totalSteps: 100,
  stepsPerEpoch: 10,
  parameters: 1,
  trainableParameters: 1,
  predictedMemoryBytes: 1,
};
const validation = (at: number, loss: number): RunEvent => ({
  type: "validation",
  time: 0,
  step: at,
  loss,
  tokens: 5,
});
const attempt = (resumedStep: number) => ({ type: "attempt", time: 0, attempt: 2, resumedStep }) as RunEvent;

describe("decimation", () => {
  it("leaves few points as they are, with one beyond each end", () => {
    const x = upTo(10);
    assert.deepEqual(decimate(x, x, 3.5, 6.5, 100).x, [3, 4, 5, 6, 7]);
    assert.deepEqual(decimate(x, x, 3, 6, 100).x, [2, 3, 4, 5, 6, 7]);
  });

  it("keeps every peak of a hundred thousand points in two per pixel", () => {
    const x = upTo(100_000);
    const y = x.map((value) => Math.sin(value / 500));
    y[77_777] = 9;
    y[12_345] = -9;
    const points = decimate(x, y, 0, 99_999, 800);
    assert.ok(points.x.length <= 2 * 800 + 2, `${points.x.length} points`);
    assert.ok(points.x.length > 800);
    assert.equal(points.y[points.x.indexOf(77_777)], 9);
    assert.equal(points.y[points.x.indexOf(12_345)], -9);
    assert.ok(
      points.x.every((value, index) => index === 0 || value > points.x[index - 1]!),
      "ascending",
    );
    assert.ok(
      points.x.every((value, index) => y[value] === points.y[index]),
      "nothing is invented",
    );
  });

  it("looks at the visible range only, and at its own buckets where points lie unevenly", () => {
    const x = upTo(100_000).map((value) => value ** 2);
    const y = upTo(100_000);
    const points = decimate(x, y, 0, 1e6, 100);
    assert.equal(points.x.at(-1), 1001 ** 2, "one beyond the end");
    assert.ok(points.x.length <= 202);
  });

  it("gives the mean of each bucket for what is an average already", () => {
    const x = upTo(1000);
    const points = averages(x, x, 0, 1000, 10);
    assert.equal(points.x.length, 10);
    assert.equal(points.y[3], 349.5);
    assert.deepEqual(averages(x, x, 3, 6, 10).y, [2, 3, 4, 5, 6, 7]);
  });

  it("of nothing is nothing", () => {
    assert.deepEqual(decimate([], [], 0, 1, 100), { x: [], y: [] });
  });
});

describe("smoothing", () => {
  it("is the debiased moving average", () => {
    // By hand: (0.5·4)/0.5; (0.5·2 + 0.5·2)/0.75; (0.5·2 + 0.5·8)/0.875.
    assert.deepEqual([...smoothed([4, 2, 8], 0.5)], [4, (1 + 1) / 0.75, (1 + 4) / 0.875]);
    assert.deepEqual([...smoothed([4, 2, 8], 0)], [4, 2, 8]);
  });

  it("keeps a constant from the first value on, and passes over what is no number", () => {
    const flat = smoothed([3, Number.NaN, 3, Number.POSITIVE_INFINITY, 3], 0.99);
    for (const value of flat) assert.ok(Math.abs(value - 3) < 1e-12);
  });

  it("gives the trend of the last tenth", () => {
    assert.equal(trend(upTo(5)), null);
    assert.equal(trend(upTo(100).map((value) => 10 - value / 20)), "falling");
    assert.equal(trend(upTo(100).map((value) => 10 + value / 20)), "rising");
    assert.equal(trend(upTo(100).fill(2)), "level");
  });
});

describe("a run's data", () => {
  it("grows by steps and keeps every column in step", () => {
    const run = new RunData(snapshot([step(1, 3), step(2, 2)], [started]));
    run.add(
      { ...info, step: 3000 },
      Array.from({ length: 2998 }, (_, index) => step(index + 3, index)),
    );
    assert.equal(run.steps.length, 3000);
    assert.equal(run.info.step, 3000);
    assert.deepEqual([...run.steps.column("loss").slice(0, 4)], [3, 2, 0, 1]);
    for (const name of stepColumns) assert.equal(run.steps.column(name).length, 3000, name);
    assert.equal(run.history.steps.length, 0, "steps are kept once");
  });

  it("forgets what an attempt supersedes, in columns and history alike", () => {
    const run = new RunData(
      snapshot(
        [1, 2, 3, 4].map((at) => step(at)),
        [started, validation(2, 2), validation(4, 1)],
      ),
    );
    run.add(info, [step(5), attempt(3)]);
    assert.deepEqual([...run.steps.column("step")], [1, 2, 3]);
    assert.deepEqual(
      run.history.validations.map((each) => each.step),
      [2],
    );
    run.add(info, [step(4, 7)]);
    assert.deepEqual([...run.steps.column("loss")], [1, 1, 1, 7]);
  });

  it("leaves a snapshot's columns as they are: its attempts are in them", () => {
    const run = new RunData(
      snapshot(
        [1, 2, 3, 4].map((at) => step(at)),
        [started, attempt(2), validation(4, 1)],
      ),
    );
    assert.deepEqual([...run.steps.column("step")], [1, 2, 3, 4]);
  });

  it("lets a step that comes again supersede what was there", () => {
    const run = new RunData(
      snapshot(
        [1, 2, 3].map((at) => step(at)),
        [],
      ),
    );
    run.add(info, [step(2, 9)]);
    assert.deepEqual([...run.steps.column("step")], [1, 2]);
    assert.equal(run.steps.last("loss"), 9);
  });

  it("places steps and validations on each axis", () => {
    const { steps, history } = new RunData(
      snapshot([step(1, 1, 2), step(2, 1, 3), step(4, 1, 5)], [validation(2, 0.5), validation(3, 0.4)]),
    );
    assert.deepEqual([...placesOf(steps, "step")], [1, 2, 4]);
    assert.deepEqual([...placesOf(steps, "time")], [2, 5, 10]);
    assert.deepEqual([...placesOf(steps, "epoch")], [0.1, 0.2, 0.4]);
    assert.deepEqual(validationCurve(steps, placesOf(steps, "time"), history.validations, false), {
      x: [5, 5],
      y: [0.5, 0.4],
    });
    assert.deepEqual(validationCurve(steps, placesOf(steps, "step"), history.validations, true).x, [2, 3]);
  });
});

describe("the crosshair", () => {
  const x = [1, 2, 3, 10, 11];

  it("finds the nearest point", () => {
    assert.equal(nearest(x, 6), 2);
    assert.equal(nearest(x, 7), 3);
    assert.equal(nearest(x, 6.5), 2);
    assert.equal(nearest(x, -5), 0);
    assert.equal(nearest(x, 50), 4);
    assert.equal(nearest([], 1), -1);
    assert.equal(lastAtMost(x, 9), 2);
    assert.equal(lastAtMost(x, 10), 3);
    assert.equal(lastAtMost(x, 0), -1);
  });

  it("moves by keys within what is visible", () => {
    const key = (name: string, at: number | null, least = 0) => moveCrosshair(x, at, name, [2, 10], least);
    assert.equal(key("Home", null), 2);
    assert.equal(key("End", null), 10);
    assert.equal(key("ArrowRight", null), 2);
    assert.equal(key("ArrowLeft", null), 10);
    assert.equal(key("ArrowRight", 3), 10);
    assert.equal(key("ArrowRight", 10), 10);
    assert.equal(key("ArrowLeft", 3), 2);
    assert.equal(key("ArrowLeft", 2), 2);
    assert.equal(key("a", 2), null);
    assert.equal(moveCrosshair(x, null, "Home", [4, 9], 0), null);
  });

  it("takes a pixel at a time where points lie closer", () => {
    const dense = upTo(1000);
    assert.equal(moveCrosshair(dense, 100, "ArrowRight", [0, 999], 12.5), 113);
    assert.equal(moveCrosshair(dense, 100, "ArrowLeft", [0, 999], 12.5), 87);
    assert.equal(moveCrosshair(dense, 100, "PageDown", [0, 1000], 1), 200);
  });

  it("zooms around its place and never beyond the run", () => {
    assert.deepEqual(zoomed([0, 100], 0.5, 20, [0, 100]), [10, 60]);
    assert.equal(zoomed([10, 60], 2, 20, [0, 100]), null);
    assert.deepEqual(zoomed([50, 100], 1.5, 100, [0, 100]), [25, 100]);
    assert.deepEqual(moved([10, 30], 0.5, [0, 100]), [20, 40]);
    assert.deepEqual(moved([75, 95], 0.5, [0, 100]), [80, 100]);
    assert.deepEqual(moved([5, 25], -0.5, [0, 100]), [0, 20]);
  });
});

describe("a chart's figures", () => {
  const dense: ChartLine = { id: "a", label: "a", color: "", width: 1, x: upTo(100_000), y: upTo(100_000) };
  const sparse: ChartLine = { ...dense, id: "b", points: true, x: [500, 90_000], y: [7, 8] };

  it("at a place are those of the nearest point, and none past a line's end", () => {
    assert.equal(valueAt(dense, 70.4), 70);
    assert.equal(valueAt(dense, 200_000), null);
    assert.equal(valueAt(sparse, 80_000), 8);
    assert.equal(valueAt(sparse, 99_000), 8);
    assert.equal(valueAt({ ...dense, x: [], y: [] }, 1), null);
  });

  it("as a table are sampled, with every sparse point among them", () => {
    const { rows, of } = tableRows([dense, sparse], [0, 99_999]);
    assert.equal(of, 100_000);
    assert.ok(rows.length <= 200 && rows.length > 150, `${rows.length} rows`);
    assert.deepEqual(rows.find(({ x }) => x === 500)?.values, [500, 7]);
    assert.deepEqual(rows[0], { x: 0, values: [0, null] });
    assert.equal(rows.at(-1)!.x, 99_999);
    assert.equal(tableRows([dense, sparse], [400, 450]).rows.length, 51);
  });

  it("are short whatever their size", () => {
    assert.equal(lossText(0.83124), "0.8312");
    assert.equal(lossText(0.00003), "3.0e-5");
    assert.equal(figure(123.456), "123");
    assert.equal(figure(12_345.6), "12,346");
    assert.equal(figure(Number.NaN), "–");
    assert.equal(figure(0), "0");
  });

  it("stand at round marks", () => {
    assert.deepEqual(evenTicks(0.13, 0.58, 4), [0.2, 0.4]);
    assert.deepEqual(evenTicks(0, 0.3, 3), [0, 0.1, 0.2, 0.3]);
    assert.deepEqual(logTicks(0.1, 10, 20), [0.1, 0.2, 0.3, 0.5, 0.7, 1, 2, 3, 5, 7, 10]);
    assert.deepEqual(logTicks(0.1, 10, 4), [0.1, 1, 10]);
    assert.deepEqual(logTicks(0.61, 0.79, 4), [0.65, 0.7, 0.75]);
    assert.deepEqual(logTicks(1e-8, 1, 4).length, 3);
    assert.deepEqual(tickTexts([0.1, 0.25, 1]), ["0.10", "0.25", "1.00"]);
    assert.deepEqual(tickTexts([0, 5000, 10_000]), ["0", "5,000", "10,000"]);
    assert.deepEqual(tickTexts([0, 1e-4, 2.5e-4]), ["0", "1e-4", "2.5e-4"]);
  });
});

describe("a run in words", () => {
  it("says loss, place, trend and the best validation", () => {
    const steps = Array.from({ length: 40 }, (_, index) => step(index + 1, 4 - index / 20));
    const run = new RunData(snapshot(steps, [started, validation(20, 0.9), validation(30, 1.1)]));
    assert.equal(
      lossInWords(run, run.steps.column("loss")),
      "training loss 2.0500 at step 40 of 100, falling; validation loss 1.1000, best 0.9000 at step 20",
    );
    run.add({ ...info, step: 40, secondsLeft: 90 }, [validation(40, 0.8)]);
    assert.match(
      newsOf(run, run.steps.column("loss")),
      /^Running; .*validation loss 0.8000, the best so far; 1 min 30 s left$/,
    );
  });

  it("says that there is nothing yet", () => {
    const run = new RunData(snapshot([], []));
    assert.equal(lossInWords(run, new Float64Array()), "no steps yet");
    run.add({ ...info, state: "starting", phase: "downloading the model 41 %" }, []);
    assert.equal(newsOf(run, new Float64Array()), "Starting; downloading the model 41 %");
  });
});
