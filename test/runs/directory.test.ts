/** Run directories: names, creation in one step, finding them again, and reading whatever state they are in. */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { createComparison, createRun, findRun, findRunsFolder } from "../../src/runs/directory.ts";
import { EventWriter } from "../../src/runs/events.ts";
import { runId, runsFolder } from "../../src/runs/layout.ts";
import { RunLock } from "../../src/runs/lock.ts";
import { listRuns, openRun, readRun } from "../../src/runs/reader.ts";
import { attemptEvent, sampleRecipe, stepEvent, temporaryFolder, withFileSystem } from "./temporary.ts";

const root = temporaryFolder();
let made = 0;
function project(): { path: string; runs: string } {
  const path = join(root, `project-${++made}`);
  mkdirSync(path);
  return { path, runs: join(path, runsFolder) };
}

const withCode = (code: string) => (error: unknown) => error instanceof TunesmithError && error.code === code;

describe("a run's name", () => {
  const at = new Date("2026-11-24T03:51:00.900Z");
  it("starts with the UTC time, so that names sort by time", () => {
    assert.equal(runId("banking", at), "20261124-035100-banking");
    assert.ok(runId("z", at) < runId("a", new Date(at.getTime() + 1000)));
  });

  it("is one that every file system takes", () => {
    for (const name of [
      'a<b>:"/\\|?*',
      "dots...",
      " spaces ",
      "CON",
      "tab\tnew\nline",
      "../../etc",
      "Größe 1",
      "x".repeat(300),
      "",
      ".",
    ]) {
      const id = runId(name, at);
      assert.match(id, /^20261124-035100(-[\p{L}\p{N}](.*[\p{L}\p{N}_])?)?$/u, name);
      assert.doesNotMatch(id, /[<>:"/\\|?*\s]/, name);
      assert.ok(Buffer.byteLength(id) < 200, name);
    }
  });
});

describe("a run directory", () => {
  it("appears whole, ignored by git, and never over another", () => {
    const { path, runs } = project();
    const recipe = sampleRecipe(path);
    const made = Array.from({ length: 3 }, () => createRun("banking", recipe, { root: runs }));
    assert.equal(new Set(made).size, 3, "even within one second");
    assert.deepEqual(readdirSync(runs).sort(), made.map((each) => each.slice(runs.length + 1)).sort());
    assert.equal(readFileSync(join(made[0]!, ".gitignore"), "utf8"), "*\n");
    const run = readRun(made[0]!);
    assert.deepEqual([run.state, run.problems, run.job?.name], ["created", [], "banking"]);
    assert.deepEqual(run.recipe, recipe, "the recipe as resolved");
  });

  it("can be one's own, if it is empty", () => {
    const { path } = project();
    const own = join(path, "deep", "run");
    assert.equal(createRun("x", sampleRecipe(path), { directory: own }), own);
    assert.throws(() => createRun("x", sampleRecipe(path), { directory: own }), withCode("run-state"));
    mkdirSync(join(path, "empty"));
    createRun("x", sampleRecipe(path), { directory: join(path, "empty") });
    mkdirSync(join(path, "full"));
    writeFileSync(join(path, "full", "mine"), "mine");
    assert.throws(
      () => createRun("x", sampleRecipe(path), { directory: join(path, "full") }),
      withCode("run-state"),
    );
    assert.deepEqual(readdirSync(join(path, "full")), ["mine"]);
    assert.deepEqual(readdirSync(path).sort(), ["deep", "empty", "full"], "nothing half-made stays");
  });

  it("is found by its path, its name or a part of the name, from the folder or below it", () => {
    const { path, runs } = project();
    const one = createRun("banking", sampleRecipe(path), { root: runs });
    const two = createRun("weather", sampleRecipe(path), { root: runs });
    mkdirSync(join(path, "below"));
    assert.equal(findRunsFolder(join(path, "below")), runs);
    assert.equal(findRun("bank", join(path, "below")), one);
    assert.equal(findRun(two.slice(runs.length + 1), path), two);
    assert.equal(findRun(join(runsFolder, one.slice(runs.length + 1)), path), one);
    assert.throws(() => findRun("20", path), /"20" fits 2 runs: \d{8}-\d{6}-banking, \d{8}-\d{6}-weather/);
    assert.throws(() => findRun("zebra", path), withCode("run-not-found"));
  });

  it("of a comparison lies inside its run's", () => {
    const { path, runs } = project();
    const run = createRun("banking", sampleRecipe(path), { root: runs });
    const settings = { run, shots: [0, 1, 4], limit: null, test: null };
    const comparison = readRun(createComparison(settings));
    assert.deepEqual([comparison.state, comparison.comparison], ["created", settings]);
    assert.equal(listRuns(runs).length, 1, "and is not listed beside it");
  });
});

describe("a run's state", () => {
  it("is what the last attempt said, or what its lock tells", () => {
    const { path, runs } = project();
    const run = createRun("banking", sampleRecipe(path), { root: runs });
    const state = () => readRun(run).state;
    const first = RunLock.acquire(run);
    assert.equal(state(), "starting");
    const writer = new EventWriter(run);
    writer.write(attemptEvent(1, 0));
    assert.equal(state(), "running");
    writer.write({ type: "ended", attempt: 1, outcome: "paused", error: null });
    assert.equal(state(), "paused");
    first.release();
    assert.equal(state(), "paused");
    const second = RunLock.acquire(run);
    assert.equal(state(), "starting", "the second attempt has said nothing yet");
    writer.write(attemptEvent(2, 0));
    second.release();
    assert.equal(state(), "interrupted", "nobody holds it, and it did not say that it ended");
    writer.close();
  });

  for (const [moment, name] of [
    ["before", "openSync"],
    ["after", "closeSync"],
  ] as const) {
    it(`is never "interrupted" for one that ends, or takes over, just ${moment} its events are read`, () => {
      const { path, runs } = project();
      const run = createRun("a", sampleRecipe(path), { root: runs });
      const writer = new EventWriter(run);
      let lock = RunLock.acquire(run);
      writer.write(attemptEvent(1, 0));
      const meanwhile = (act: () => void) => {
        let found = "";
        let due = true;
        withFileSystem(
          name,
          (original) =>
            ((...parameters: unknown[]) => {
              // The events are the one file that a reader opens by itself.
              if (due) {
                due = false;
                act();
              }
              return (original as (...parameters: unknown[]) => unknown)(...parameters);
            }) as never,
          () => {
            found = readRun(run).state;
          },
        );
        return found;
      };
      const ends = () => {
        writer.write({ type: "ended", attempt: 1, outcome: "paused", error: null });
        lock.release();
      };
      assert.equal(meanwhile(ends), moment === "before" ? "paused" : "running");
      const takesOver = () => {
        lock = RunLock.acquire(run);
        writer.write(attemptEvent(2, 0));
      };
      assert.equal(meanwhile(takesOver), moment === "before" ? "running" : "paused");
      lock.release();
      writer.close();
    });
  }
});

describe("a damaged run directory", () => {
  const spoilt: [string, string, RegExp, (run: string) => void][] = [
    ["without job.json", "unreadable", /job\.json is missing/, (run) => rmSync(join(run, "job.json"))],
    [
      "with a torn job.json",
      "unreadable",
      /job\.json is damaged: it is not JSON/,
      (run) => truncateSync(join(run, "job.json"), 5),
    ],
    [
      "of a later version",
      "unreadable",
      /newer Tunesmith \(format 99/,
      (run) => edit(run, "job.json", '"version": 1', '"version": 99'),
    ],
    [
      "with an unknown kind",
      "unreadable",
      /kind is "tuna"/,
      (run) => edit(run, "job.json", '"tune"', '"tuna"'),
    ],
    [
      "with a torn recipe",
      "unreadable",
      /recipe\.json is damaged/,
      (run) => truncateSync(join(run, "recipe.json"), 100),
    ],
    [
      "with a senseless recipe",
      "unreadable",
      /train\.batchSize should be a whole number/,
      (run) => edit(run, "recipe.json", '"batchSize": 4', '"batchSize": -4'),
    ],
    [
      "with a folder for events",
      "unreadable",
      /EISDIR|illegal operation|EPERM|EACCES/,
      (run) => {
        rmSync(join(run, "events.jsonl"));
        mkdirSync(join(run, "events.jsonl"));
      },
    ],
    [
      "with a damaged event",
      "interrupted",
      /events\.jsonl, line 2 is damaged/,
      (run) => edit(run, "events.jsonl", '"step":1', '"step":7'),
    ],
    [
      "with a torn result",
      "interrupted",
      /result\.json is damaged/,
      (run) => writeFileSync(join(run, "result.json"), '{ "loss": '),
    ],
  ];
  for (const [kind, state, problem, spoil] of spoilt) {
    it(`(${kind}) is told, and the others are listed all the same`, () => {
      const { path, runs } = project();
      const run = createRun("a", sampleRecipe(path), { root: runs });
      createRun("b", sampleRecipe(path), { root: runs });
      RunLock.acquire(run).release();
      const writer = new EventWriter(run);
      writer.write(attemptEvent(1, 0));
      writer.write(stepEvent(1));
      writer.close();
      spoil(run);
      const [spoiltRun, other] = listRuns(runs);
      assert.equal(spoiltRun?.state, state);
      assert.match(spoiltRun?.problems.join("; ") ?? "", problem);
      assert.deepEqual([other?.state, other?.problems], ["created", []]);
      if (state === "unreadable") assert.throws(() => openRun(run), withCode("run-corrupt"));
    });
  }

  it("that is none is not found", () => {
    assert.throws(() => openRun(join(root, "nowhere")), withCode("run-not-found"));
    assert.deepEqual(listRuns(join(root, "nowhere")), []);
  });
});

function edit(run: string, file: string, from: string, to: string): void {
  const text = readFileSync(join(run, file), "utf8");
  assert.ok(text.includes(from), text);
  writeFileSync(join(run, file), text.replace(from, to));
}
