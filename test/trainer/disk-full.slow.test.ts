/** The real trainer on a disk that fills up: a small file system in memory, which only root on Linux may mount. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, it } from "node:test";
import { listCheckpoints, verifyCheckpoint } from "../../src/runs/checkpoints.ts";
import { readRun } from "../../src/runs/reader.ts";
import { finished, json, project, start, tunesmith } from "../cli/cli.ts";
import { steps, until, upTo } from "./jobs.ts";

const disk = mkdtempSync(join(tmpdir(), "tunesmith-disk-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=32m", "tmpfs", disk]).status === 0;
after(() => {
  if (mounted) spawnSync("umount", ["-l", disk]);
  rmSync(disk, { recursive: true });
});
const skip = !mounted && "no disk to fill: mounting a small one takes root on Linux";

/** Takes all that is left of the disk, to the last byte; also of what a job frees, unless it is held meanwhile. */
function fill(holding?: number): void {
  if (holding) process.kill(holding, "SIGSTOP");
  for (let bytes = 2 ** 20; bytes >= 1; ) {
    try {
      appendFileSync(join(disk, "ballast"), Buffer.alloc(bytes));
    } catch {
      bytes = Math.floor(bytes / 2);
    }
  }
  if (holding) process.kill(holding, "SIGCONT");
}

describe("a disk that fills up", { skip }, () => {
  afterEach(() => rmSync(join(disk, "ballast"), { force: true }));
  const train = { steps: 300, evaluateEvery: 300 };
  // In a checkpoint, and in the events between two.
  for (const checkpointEvery of [10, 100]) {
    it(`with a checkpoint every ${checkpointEvery} steps: a clear error, and the run goes on when there is room`, async () => {
      const place = project({ train: { ...train, checkpointEvery } });
      const run = join(disk, `run-${checkpointEvery}`);
      const command = finished(start(place, ["tune", "recipe.json", "--run", run, "--json"]));
      const { holder } = await until(run, ({ history }) => history.checkpoints.length > 0);
      fill(holder.process!.pid);
      const { code, stdout } = await command;
      const { error } = JSON.parse(stdout);
      assert.deepEqual([code, error.code], [1, "disk-full"], stdout);
      assert.match(
        `${error.message} ${error.hint}`,
        /the disk of .* is full.* Free some space.*tunesmith resume/,
      );
      const failed = readRun(run);
      assert.deepEqual([failed.state, failed.problems], ["failed", []], "its last words had room");
      const checkpoints = listCheckpoints(run);
      assert.ok(checkpoints.length > 0);
      for (const { path } of checkpoints) verifyCheckpoint(path);

      // Also what the run has freed by ending.
      fill();
      const { stderr } = await tunesmith(place, "resume", run);
      assert.match(stderr, /^tunesmith: the disk of .* is full\n {2}Free some space/m);

      rmSync(join(disk, "ballast"));
      const resumed = await json(place, "resume", run);
      assert.deepEqual([resumed.code, resumed.state], [0, "done"]);
      assert.deepEqual(steps(readRun(run)), upTo(300));
      for (const { path } of listCheckpoints(run)) verifyCheckpoint(path);
    });
  }

  it("before a run can be made says so", async () => {
    const place = project({ train });
    fill();
    const { code, error } = await json(place, "tune", "recipe.json", "--run", join(disk, "another"));
    assert.deepEqual([code, error.code], [1, "disk-full"]);
  });
});
