/**
 * One of many processes that fight for a run directory (started by lock.slow.test.ts): takes the lock whenever it can,
 * looks whether another living process is inside, and leaves, or dies inside with a lock in its hand.
 * Prints one line for each visit.
 */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { RunLock } from "../../src/runs/lock.ts";
import { livenessOf, ownIdentity } from "../../src/runs/processes.ts";

const [directory, until, dieOneIn] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const own = join(directory, `inside-${process.pid}`);

while (Date.now() < until) {
  let lock: RunLock;
  try {
    lock = RunLock.acquire(directory);
  } catch (error) {
    if (!(error instanceof TunesmithError) || error.code !== "run-locked") throw error;
    await sleep(Math.random() * 3);
    continue;
  }
  writeFileSync(own, "");
  const others = readdirSync(directory)
    .filter((name) => name.startsWith("inside-") && name !== `inside-${process.pid}`)
    .map((name) => Number(name.slice("inside-".length)))
    .filter((pid) => livenessOf({ ...ownIdentity(), pid, startTime: null }) !== "dead");
  process.stdout.write(`${others.length > 0 ? `WITH ${others.join(",")}` : "alone"} ${lock.attempt}\n`);
  await sleep(Math.random() * 2);
  if (Math.random() * dieOneIn < 1) process.kill(process.pid, "SIGKILL");
  lock.verify();
  rmSync(own);
  lock.release();
}
