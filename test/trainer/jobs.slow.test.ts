/** Jobs as processes: starting, pausing, stopping, continuing and failing, each seen only through the run directory. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { getPriority } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { pauseRun, resumeRun, stopRun } from "../../src/jobs/control.ts";
import { jobEnvironment, spawnJob } from "../../src/jobs/spawn.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { createComparison } from "../../src/runs/directory.ts";
import { readRun } from "../../src/runs/reader.ts";
import { temporaryFolder } from "../runs/temporary.ts";
import { fakeJob, fakeRun, steps, until, upTo } from "./jobs.ts";

const root = temporaryFolder();
const withCode = (code: string) => (error: unknown) => error instanceof TunesmithError && error.code === code;

describe("a job", () => {
  it("runs to its end, and its directory tells all of it", async () => {
    const run = fakeRun(root, 12);
    const { attempt, pid } = await spawnJob(run, fakeJob);
    assert.equal(attempt, 1);
    assert.equal(readRun(run).holder.process?.pid, pid);
    const done = await until(run, ({ state }) => state === "done");
    assert.deepEqual(steps(done), upTo(12));
    assert.deepEqual(
      [done.history.attempts[0]?.pid, done.history.attempts[0]?.runtimeVersion, done.problems],
      [pid, "fake", []],
    );
    assert.deepEqual(
      done.history.checkpoints.map(({ step }) => step),
      [5, 10],
    );
    await until(run, ({ holder }) => !holder.held);
    await assert.rejects(spawnJob(run, fakeJob), withCode("run-state"), "it is finished");
    await assert.rejects(resumeRun(run, fakeJob), withCode("run-state"));
    assert.throws(() => pauseRun(run), withCode("run-state"));
  });

  it("outlives its parent, and makes way for it", async () => {
    const run = fakeRun(root, 400, { stepMs: 5 });
    const spawner = `
      import { spawnJob } from ${JSON.stringify(new URL("../../src/jobs/spawn.ts", import.meta.url).href)};
      await spawnJob(${JSON.stringify(run)}, ${JSON.stringify(fakeJob)});
      process.kill(process.pid, "SIGKILL");`;
    const parent = spawnSync(
      process.execPath,
      ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", spawner],
      {
        env: { ...process.env, VSCODE_PID: "1", HF_TOKEN: "kept" },
      },
    );
    assert.equal(parent.signal, "SIGKILL", parent.stderr.toString());
    const { holder, history } = await until(run, (now) => steps(now).length > 3);
    assert.ok(getPriority(holder.process!.pid) > 0, "a lower priority than usual");
    const before = steps({ history } as ReturnType<typeof readRun>).length;
    await until(run, (now) => steps(now).length > before + 5);
    assert.match(
      readFileSync(join(run, "output.log"), "utf8"),
      /NODE_OPTIONS undefined VSCODE_PID undefined HF_TOKEN kept/,
    );
    process.kill(holder.process!.pid, "SIGKILL");
    await until(run, ({ state }) => state === "interrupted");
  });

  it("pauses when asked, goes on from there, and is bit for bit what it would have been", async () => {
    const run = fakeRun(root, 40, { stepMs: 10 });
    const undisturbed = fakeRun(root, 40);
    await spawnJob(undisturbed, fakeJob);
    await spawnJob(run, fakeJob);
    await until(run, (now) => steps(now).length >= 7);
    pauseRun(run);
    const paused = await until(run, ({ state }) => state === "paused");
    const last = steps(paused).at(-1)!;
    assert.ok(last < 40);
    await resumeRun(run, fakeJob);
    const done = await until(run, ({ state }) => state === "done");
    assert.deepEqual(
      done.history.attempts.map(({ attempt, resumedStep }) => [attempt, resumedStep]),
      [
        [1, 0],
        [2, last],
      ],
    );
    assert.deepEqual(steps(done), upTo(40));
    assert.deepEqual(done.result, (await until(undisturbed, ({ state }) => state === "done")).result);
  });

  it("pauses on SIGTERM", { skip: process.platform === "win32" }, async () => {
    const run = fakeRun(root, 1000, { stepMs: 5 });
    const { pid } = await spawnJob(run, fakeJob);
    await until(run, (now) => steps(now).length >= 2);
    process.kill(pid, "SIGTERM");
    const paused = await until(run, ({ state }) => state === "paused");
    assert.equal(paused.history.checkpoints.at(-1)?.step, steps(paused).at(-1));
  });

  it("stops when asked and leaves what it has; a paused one is started for that", async () => {
    const running = fakeRun(root, 1000, { stepMs: 5 });
    await spawnJob(running, fakeJob);
    await until(running, (now) => steps(now).length >= 2);
    await stopRun(running);
    const stopped = await until(running, ({ state }) => state === "stopped");
    assert.ok(stopped.result);

    const paused = fakeRun(root, 1000, { stepMs: 5 });
    await spawnJob(paused, fakeJob);
    await until(paused, (now) => steps(now).length >= 2);
    pauseRun(paused);
    const { history } = await until(paused, ({ state }) => state === "paused");
    await stopRun(paused, fakeJob);
    const kept = await until(paused, ({ state }) => state === "stopped");
    assert.deepEqual(steps(kept), upTo(history.steps.length), "no step more");
    assert.ok(kept.result);
  });

  it("without a checkpoint has nothing to keep when stopped", async () => {
    await assert.rejects(stopRun(fakeRun(root, 5), fakeJob), withCode("run-state"));
  });

  it("that was asked to pause, and then not to, goes on either way", async () => {
    const run = fakeRun(root, 60, { stepMs: 20 });
    await spawnJob(run, fakeJob);
    await until(run, (now) => steps(now).length >= 3);
    pauseRun(run);
    await resumeRun(run, fakeJob);
    const done = await until(run, ({ state }) => state === "done");
    assert.deepEqual(steps(done), upTo(60));
    await assert.rejects(resumeRun(run, fakeJob), withCode("run-state"));
  });

  it("is the only one in its directory", async () => {
    const run = fakeRun(root, 1000, { stepMs: 5 });
    const { pid } = await spawnJob(run, fakeJob);
    await assert.rejects(
      spawnJob(run, fakeJob),
      (error: unknown) => withCode("run-locked")(error) && String(error).includes(String(pid)),
    );
    process.kill(pid, "SIGKILL");
    await until(run, ({ state }) => state === "interrupted");
    assert.equal((await spawnJob(run, fakeJob)).attempt, 2);
    pauseRun(run);
    await until(run, ({ state }) => state === "paused");
  });
});

describe("a job that fails", () => {
  const failures = [
    ["user", { code: "loss-not-finite", message: "step 3: the loss is NaN", hint: "Lower it." }],
    [
      "internal",
      {
        code: "internal",
        message: "internal: x is not a function",
        hint: "This is a bug in Tunesmith; please report it.",
      },
    ],
    [
      "stray",
      {
        code: "internal",
        message: "internal: from nowhere",
        hint: "This is a bug in Tunesmith; please report it.",
      },
    ],
    ["environment", { code: "out-of-memory", message: "no engine today", hint: "Try tomorrow." }],
  ] as const;
  for (const [failure, error] of failures) {
    it(`(${failure}) says why in its directory, keeps its checkpoint, and can be tried again`, async () => {
      const run = fakeRun(root, 9, { failAt: 7, failure });
      await spawnJob(run, fakeJob);
      const failed = await until(run, ({ state }) => state === "failed");
      assert.deepEqual(failed.history.ended?.error, error);
      await until(run, ({ holder }) => !holder.held);
      writeFileSync(join(run, "fake.json"), "{}");
      await resumeRun(run, fakeJob);
      const done = await until(run, ({ state }) => state === "done");
      assert.deepEqual(steps(done), upTo(9));
      assert.equal(done.history.attempts.at(-1)?.resumedStep, failure === "environment" ? 0 : 5);
    });
  }

  it("before it holds its directory: the one who started it is told", async () => {
    const broken = fakeRun(root, 5);
    writeFileSync(join(broken, "recipe.json"), "{");
    await assert.rejects(spawnJob(broken, fakeJob), withCode("run-corrupt"));

    const run = fakeRun(root, 5);
    const missing = fileURLToPath(new URL("./no-such-job.ts", import.meta.url));
    await assert.rejects(
      spawnJob(run, { entry: [missing] }),
      (error: unknown) => withCode("job-start-failed")(error) && /no-such-job/.test(String(error)),
    );
    await assert.rejects(
      spawnJob(run, { entry: ["-e", "setTimeout(() => {}, 60_000)", "--"] }, 300),
      /did not start within 0\.3 seconds/,
    );
    assert.equal(readRun(run).state, "created");
  });

  it("cannot be a kind that its directory does not describe", async () => {
    const comparison = createComparison({ run: fakeRun(root, 5), shots: [0], limit: null, test: null });
    writeFileSync(join(comparison, "fake.json"), "{}");
    await spawnJob(comparison, fakeJob);
    const failed = await until(comparison, ({ state }) => state === "failed");
    assert.equal(failed.history.ended?.error?.message, "internal: the fake only tunes");
  });
});

it("a job's environment leaves out what is meant for this process", () => {
  const kept = jobEnvironment({
    PATH: "/bin",
    VSCODE_IPC_HOOK: "x",
    NODE_OPTIONS: "--inspect",
    NODE_CHANNEL_FD: "3",
    ELECTRON_RUN_AS_NODE: "1",
  });
  const own = Object.entries(kept).filter(([name]) => !name.startsWith("MALLOC_"));
  assert.deepEqual(Object.fromEntries(own), { PATH: "/bin", ELECTRON_RUN_AS_NODE: "1" });
});
