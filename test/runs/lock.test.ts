/** The lock: who counts as alive, what is left behind by the dead, and that a holder who was given up on notices. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { readRequest, writeRequest } from "../../src/runs/control.ts";
import { heartbeatStaleMs, inspectLock, RunLock } from "../../src/runs/lock.ts";
import { livenessOf, ownIdentity } from "../../src/runs/processes.ts";
import { temporaryFolder, withFileSystem } from "./temporary.ts";

const root = temporaryFolder();
let made = 0;
function directory(): string {
  const path = join(root, String(++made));
  mkdirSync(path);
  return path;
}

const lockFile = (path: string, attempt: number) => join(path, "lock", `00000${attempt}.json`);

/** Leaves a lock as another process would have. */
function leaveLock(path: string, changes: object, attempt = 1): void {
  mkdirSync(join(path, "lock"), { recursive: true });
  const record = { attempt, released: false, ...ownIdentity(), ...changes };
  writeFileSync(lockFile(path, attempt), JSON.stringify(record));
}

function age(file: string, ms: number): void {
  const then = (Date.now() - ms) / 1000;
  utimesSync(file, then, then);
}

const locked = (error: unknown) => error instanceof TunesmithError && error.code === "run-locked";

/** The id of a process that has ended. */
const deadPid = spawnSync(process.execPath, ["-e", ""]).pid;

describe("a run's lock", () => {
  it("lets one in, and the next after release, under the next number", () => {
    const path = directory();
    assert.deepEqual(inspectLock(path), { attempt: 0, held: false, process: null });
    const first = RunLock.acquire(path);
    assert.equal(first.attempt, 1);
    assert.equal(inspectLock(path).held, true);
    assert.throws(
      () => RunLock.acquire(path),
      (error: unknown) => locked(error) && String(error).includes(`process ${process.pid}`),
    );
    first.release();
    assert.equal(inspectLock(path).held, false);
    assert.equal(RunLock.acquire(path).attempt, 2);
    assert.deepEqual(
      readdirSync(join(path, "lock")).sort(),
      ["000002.json", "heartbeat"],
      "one lock file stays",
    );
  });

  it("of a dead process is taken over", () => {
    const path = directory();
    leaveLock(path, { pid: deadPid });
    assert.equal(inspectLock(path).held, false);
    assert.equal(RunLock.acquire(path).attempt, 2);
  });

  it("of a process whose id another one has now is taken over", {
    skip: process.platform === "win32",
  }, () => {
    const path = directory();
    leaveLock(path, { startTime: "an earlier start" });
    assert.equal(RunLock.acquire(path).attempt, 2);
  });

  it("of another machine holds as long as its heart beats", () => {
    const path = directory();
    leaveLock(path, { machine: "elsewhere", host: "elsewhere", pid: deadPid });
    const heartbeat = join(path, "lock", "heartbeat");
    writeFileSync(heartbeat, "");
    age(lockFile(path, 1), 10 * heartbeatStaleMs);
    age(heartbeat, heartbeatStaleMs - 5_000);
    assert.throws(() => RunLock.acquire(path), locked);
    age(heartbeat, heartbeatStaleMs + 5_000);
    assert.equal(RunLock.acquire(path).attempt, 2);
  });

  it("without a known start time holds as long as its heart beats", () => {
    const path = directory();
    leaveLock(path, { startTime: null });
    assert.throws(() => RunLock.acquire(path), locked);
    age(lockFile(path, 1), heartbeatStaleMs + 5_000);
    assert.equal(RunLock.acquire(path).attempt, 2);
  });

  it("that is still empty holds for a moment: its owner is writing it, or died", () => {
    const path = directory();
    mkdirSync(join(path, "lock"));
    writeFileSync(lockFile(path, 1), "");
    assert.throws(() => RunLock.acquire(path), locked);
    age(lockFile(path, 1), 15_000);
    assert.equal(RunLock.acquire(path).attempt, 2);
  });

  it("that is damaged holds as long as somebody's heart beats", () => {
    for (const content of ["{", "[]", "null", '{"attempt":1,"pid":-1}', JSON.stringify({ attempt: 1 })]) {
      const path = directory();
      mkdirSync(join(path, "lock"));
      writeFileSync(lockFile(path, 1), content);
      assert.throws(() => RunLock.acquire(path), locked, content);
      age(lockFile(path, 1), heartbeatStaleMs + 5_000);
      assert.equal(RunLock.acquire(path).attempt, 2, content);
    }
  });

  it("given up on wrongly: its holder stops at the next look", () => {
    const path = directory();
    const first = RunLock.acquire(path);
    first.verify();
    leaveLock(path, {}, 2);
    assert.throws(() => first.verify(), locked);
    assert.throws(() => first.release(), locked);
    assert.equal(inspectLock(path).held, true, "the new holder's lock is untouched");
  });

  it("is the highest number, whatever lower ones were left behind", () => {
    const path = directory();
    leaveLock(path, {}, 3);
    leaveLock(path, { pid: deadPid }, 1);
    assert.throws(() => RunLock.acquire(path), locked);
    assert.equal(inspectLock(path).attempt, 3);
  });

  it("does not go to a slow process that still sees an older holder's end", () => {
    const path = directory();
    leaveLock(path, { pid: deadPid }, 1);
    const whileOthersPass: Parameters<typeof withFileSystem<"openSync">>[1] =
      (open) => (file, flags, mode) => {
        // Just before this process creates number 2, another one did, and left, and a third one came.
        if (flags === "wx" && String(file) === lockFile(path, 2)) {
          leaveLock(path, {}, 3);
          rmSync(lockFile(path, 1));
        }
        return open(file, flags, mode);
      };
    withFileSystem("openSync", whileOthersPass, () => assert.throws(() => RunLock.acquire(path), locked));
    assert.equal(inspectLock(path).attempt, 3);
    assert.deepEqual(
      readdirSync(join(path, "lock")).filter((name) => name.endsWith(".json")),
      ["000003.json"],
      "the slow one leaves nothing",
    );
  });

  it("notices that its directory is gone, and does not bring it back", () => {
    const path = directory();
    const lock = RunLock.acquire(path);
    rmSync(path, { recursive: true });
    assert.throws(() => lock.verify(), /is gone/);
    assert.throws(
      () => RunLock.acquire(path),
      (error: unknown) => error instanceof TunesmithError && error.code === "run-not-found",
    );
  });
});

describe("a process", () => {
  it("is alive by id and start time, on its own machine", () => {
    const own = ownIdentity();
    assert.equal(livenessOf(own), process.platform === "win32" ? "unsure" : "alive");
    assert.equal(livenessOf({ ...own, pid: deadPid }), "dead");
    assert.equal(livenessOf({ ...own, machine: "elsewhere" }), "elsewhere");
  });

  it("that has ended but was not waited for is dead", { skip: process.platform !== "linux" }, async () => {
    // The shell starts a child and then becomes a program that never asks after it: the child stays as a zombie.
    const shell = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const pid = Number(await new Promise((resolve) => shell.stdout.once("data", resolve)));
      assert.equal(livenessOf({ ...ownIdentity(), pid, startTime: null }), "unsure");
      process.kill(pid, "SIGKILL");
      const zombie = () => / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
      for (let look = 0; look < 100 && !zombie(); look++) await sleep(20);
      assert.ok(zombie(), "the test needs a zombie to look at");
      assert.equal(livenessOf({ ...ownIdentity(), pid, startTime: null }), "dead");
    } finally {
      shell.kill("SIGKILL");
    }
  });
});

describe("a request", () => {
  it("reaches the attempt that it is meant for, and no later one", () => {
    const path = directory();
    assert.equal(readRequest(path, 1), undefined);
    writeRequest(path, 1, "pause");
    assert.equal(readRequest(path, 1), "pause");
    assert.equal(readRequest(path, 2), undefined);
    writeRequest(path, 2, "stop");
    assert.equal(readRequest(path, 2), "stop");
    assert.match(readFileSync(join(path, "control.json"), "utf8"), /"request": "stop"/);
    writeFileSync(join(path, "control.json"), '{"attempt": 2, "request": "expl');
    assert.equal(readRequest(path, 2), undefined);
  });
});
