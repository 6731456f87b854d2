/** Processes that fight for one directory and are killed inside it: never two at once, and nobody is locked out. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./temporary.ts";

const contender = fileURLToPath(new URL("./lock-contender.ts", import.meta.url));

it("a directory has at most one holder, through kills and takeovers", async () => {
  const directory = temporaryFolder();
  const until = Date.now() + 8_000;
  const visits: string[] = [];
  const errors: string[] = [];
  let kills = 0;
  const compete = async (): Promise<void> => {
    while (Date.now() < until) {
      const child: ChildProcess = spawn(
        process.execPath,
        ["--import", "tsx", contender, directory, String(until), "40"],
        {
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      child.stdout!.on("data", (text) => visits.push(...String(text).trim().split("\n")));
      child.stderr!.on("data", (text) => errors.push(String(text)));
      const signal = await new Promise((resolve) => child.on("close", (_, signal) => resolve(signal)));
      if (signal === "SIGKILL") kills++;
    }
  };
  await Promise.all([compete(), compete(), compete(), compete()]);

  assert.equal(errors.join(""), "");
  assert.deepEqual(
    visits.filter((visit) => visit.startsWith("WITH")),
    [],
    "somebody else was inside",
  );
  assert.ok(
    visits.length > 100 && kills >= 3,
    `the fight was too tame to prove anything: ${visits.length} visits, ${kills} kills`,
  );
  const attempts = visits.map((visit) => Number(visit.split(" ")[1]));
  assert.equal(new Set(attempts).size, attempts.length, "no attempt's number is used twice");
});
