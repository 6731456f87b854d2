/** The fast tests once more, on the Node that VS Code runs on: `npm test` runs them on this one, which may be older. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";

const node = process.env.TUNESMITH_NODE;
const skip =
  node === undefined
    ? "no Node 24: set TUNESMITH_NODE"
    : node === process.execPath && "they run on it already";

it("the fast tests pass on Node 24", { skip }, () => {
  const folder = import.meta.dirname;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts") && !/\.(slow|real)\.test\.ts$/.test(file))
    .map((file) => join(folder, file));
  assert.ok(files.length > 50);
  // Not as a part of this test run, whose messages it would speak instead of its own.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ["--import", "tsx", "--test", "--test-reporter=dot", ...files];
  const { status, stdout, stderr } = spawnSync(node!, args, {
    cwd: join(folder, ".."),
    env,
    encoding: "utf8",
  });
  assert.equal(status, 0, `${stdout.slice(-4000)}\n${stderr.slice(-2000)}`);
});
