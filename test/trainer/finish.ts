/** Runs a job in a process of its own to its end. */
import { setTimeout as sleep } from "node:timers/promises";
import { spawnJob } from "../../src/jobs/spawn.ts";
import { type RunSummary, readRun } from "../../src/runs/reader.ts";

/**
 * @param killAfterMs SIGKILL so long after the job took its directory
 * @returns what the directory says once nobody holds it, and whether that was our doing
 */
export async function finish(
  directory: string,
  killAfterMs = Number.POSITIVE_INFINITY,
): Promise<RunSummary & { killed: boolean }> {
  const { pid } = await spawnJob(directory);
  const deadline = Date.now() + killAfterMs;
  let killed = false;
  for (; readRun(directory).holder.held; await sleep(20)) {
    if (killed || Date.now() < deadline) continue;
    process.kill(pid, "SIGKILL");
    killed = true;
  }
  return { ...readRun(directory), killed };
}
