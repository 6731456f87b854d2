/**
 * The kill test, for everything around the training: runs killed at random moments, again and again, and continued, end
 * as one left alone. The real training's own kill test uses the same loop with a model.
 */
import assert from "node:assert/strict";
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { readRun } from "../../src/runs/reader.ts";
import { spawnJob } from "../../src/trainer/spawn.ts";
import { temporaryFolder } from "../runs/temporary.ts";
import { fakeEntry, fakeRun, steps, until, upTo } from "./jobs.ts";

const totalSteps = 400;
const wantedKills = 30;

it(`${wantedKills} kills at random moments change nothing`, async () => {
  const root = temporaryFolder();
  const undisturbed = fakeRun(root, totalSteps, { checkpointEvery: 3 });
  await spawnJob(undisturbed, fakeEntry);
  const expected = (await until(undisturbed, ({ state }) => state === "done")).result;
  assert.ok(expected);

  let kills = 0;
  let runs = 0;
  const phases = new Set<string>();
  while (kills < wantedKills) {
    const run = fakeRun(root, totalSteps, { checkpointEvery: 3 });
    runs++;
    for (;;) {
      const { pid } = await spawnJob(run, fakeEntry);
      // Steps take a millisecond and a checkpoint several, so most kills fall into the middle of writing.
      await sleep(Math.random() * 250);
      const { state } = readRun(run);
      if (state === "done") break;
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        continue; // it ended in between
      }
      const killed = await until(run, ({ holder }) => !holder.held);
      if (killed.state === "done") break;
      assert.equal(killed.state, "interrupted");
      assert.ok(killed.problems.length === 0, killed.problems.join("; "));
      kills++;
      phases.add(
        readdirSync(join(run, "checkpoints")).some((name) => name.startsWith("."))
          ? "in a checkpoint"
          : "between",
      );
      // What a power cut may add: a torn line.
      if (kills % 3 === 0) appendFileSync(join(run, "events.jsonl"), '{"type":"step","ti');
    }
    const done = await until(run, ({ state }) => state === "done");
    assert.deepEqual(done.result, expected, `run ${runs}`);
    assert.deepEqual(steps(done), upTo(totalSteps), "every step is there once");
    assert.deepEqual(done.problems, []);
    assert.ok(
      readdirSync(join(run, "checkpoints")).every((name) => !name.startsWith(".")),
      "nothing unfinished stays",
    );
  }
  assert.equal(phases.size, 2, `kills should hit writing and not writing, but hit only ${[...phases]}`);
});
