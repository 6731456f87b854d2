/** Runs and the processes around them: steered from elsewhere, left alone, killed, and never two in one directory. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readRun } from "../../src/runs/reader.ts";
import { steps, until, upTo } from "../trainer/jobs.ts";
import { environment, finished, folder, json, project, start, tunesmith } from "./cli.ts";

const long = { train: { steps: 4000, evaluateEvery: 4000, checkpointEvery: 20 } };
const windows = process.platform === "win32" && "Windows has no such signals";

describe("a run", () => {
  it("outlives the command that started it; others pause it, let it go on, and stop it with a result", async () => {
    const place = project(long);
    const run = join(place, "run");
    const command = start(place, ["tune", "recipe.json", "--run", "run"]);
    const killed = finished(command);
    await until(run, (now) => steps(now).length > 2);
    command.kill("SIGKILL");
    assert.equal((await killed).code, null);
    const { length } = steps(await until(run, ({ state }) => state === "running"));
    await until(run, (now) => steps(now).length > length + 3);

    assert.deepEqual(await json(place, "pause", "run"), { code: 0, run, asked: "pause" });
    const paused = steps(await until(run, ({ state }) => state === "paused")).at(-1)!;
    const again = await json(place, "pause", "run");
    assert.deepEqual([again.code, again.error.code], [1, "run-state"]);
    assert.match(again.error.message, /is paused and cannot be paused/);

    const resumed = finished(start(place, ["resume", "run", "--json"]));
    await until(run, (now) => steps(now).length > paused + 2);
    assert.deepEqual(await json(place, "stop", "run"), { code: 0, run, asked: "stop" });
    const { code, stdout } = await resumed;
    const told = JSON.parse(stdout);
    assert.deepEqual([code, told.state, told.result.outcome], [0, "stopped", "stopped"]);
    assert.deepEqual(steps(readRun(run)), upTo(told.steps));
    assert.ok(existsSync(join(run, "adapter", "adapter_model.safetensors")));
  });

  it("that is paused can be stopped: it leaves what it had", async () => {
    const place = project(long);
    const run = join(place, "run");
    const command = finished(start(place, ["tune", "recipe.json", "--run", "run"]));
    await until(run, (now) => steps(now).length > 2);
    await json(place, "pause", "run");
    const { code, stdout } = await command;
    assert.deepEqual([code, /^Paused\./.test(stdout)], [130, true]);
    const before = steps(readRun(run));
    await json(place, "stop", "run");
    const stopped = await until(run, ({ state }) => state === "stopped");
    assert.deepEqual(steps(stopped), before);
    assert.ok(existsSync(join(run, "adapter", "adapter_model.safetensors")));
  });

  it("has one trainer: a second one is refused, and the first is not disturbed", async () => {
    const place = project(long);
    const run = join(place, "run");
    const command = finished(start(place, ["tune", "recipe.json", "--run", "run"]));
    await until(run, (now) => steps(now).length > 2);
    const { code, error } = await json(place, "resume", "run");
    assert.deepEqual([code, error.code, /is running/.test(error.message)], [1, "run-state", true]);
    const job = join(folder, "program", "job.js");
    const second = spawnSync(process.execPath, [job, run], { env: environment, encoding: "utf8" });
    assert.deepEqual([second.status, JSON.parse(second.stderr).error.code], [1, "run-locked"]);
    await json(place, "pause", "run");
    await command;

    // Both find it paused; one of them gets it.
    const both = ["resume", "resume"].map((name) => start(place, [name, "run", "--json"]));
    const told = both.map(finished);
    const loser = JSON.parse((await Promise.race(told)).stdout);
    assert.ok(["run-locked", "run-state"].includes(loser.error?.code), JSON.stringify(loser));
    await until(run, ({ state }) => state === "running");
    await json(place, "pause", "run");
    const codes = (await Promise.all(told)).map((each) => each.code).sort();
    assert.deepEqual(codes, [1, 130]);
    const { history, problems } = readRun(run);
    assert.deepEqual([steps(readRun(run)), problems], [upTo(history.steps.length), []]);
  });

  it("pauses when its command gets SIGINT without a terminal", { skip: windows }, async () => {
    const place = project(long);
    const run = join(place, "run");
    const command = start(place, ["tune", "recipe.json", "--run", "run", "--json"]);
    const told = finished(command);
    await until(run, (now) => steps(now).length > 2);
    command.kill("SIGINT");
    const { code, stdout, stderr } = await told;
    assert.deepEqual([code, stderr, JSON.parse(stdout).state], [130, "", "paused"]);
  });

  it("whose process is killed is interrupted; the command says so, and resume goes on", async () => {
    const place = project({ train: { steps: 60, checkpointEvery: 5, evaluateEvery: 60 } });
    const run = join(place, "run");
    const command = finished(start(place, ["tune", "recipe.json", "--run", "run", "--json"]));
    const { holder } = await until(run, ({ history }) => history.checkpoints.length > 0);
    process.kill(holder.process!.pid, "SIGKILL");
    const { code, stdout } = await command;
    const { error } = JSON.parse(stdout);
    assert.deepEqual([code, error.code], [1, "run-state"]);
    assert.match(`${error.message} ${error.hint}`, /is gone without a word.*tunesmith resume/);
    assert.equal(readRun(run).state, "interrupted");
    assert.match((await tunesmith(place, "resume", "run")).stdout, /^Done at step 60/);
    assert.deepEqual(steps(readRun(run)), upTo(60));
  });
});
