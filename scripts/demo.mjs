// The main job, from a fresh clone: installs, builds, fine-tunes the bundled model on the sample dataset, compares it
// with prompting, and leaves the comparison as a page.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./install.mjs";

const node = (...args) => {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
};
const run = join(".tunesmith", "demo");
const cli = join("dist", "cli.js");

node(join("scripts", "build.mjs"));
rmSync(join(root, run), { recursive: true, force: true });
console.log("\nFine-tuning the bundled model on assets/sample/support.jsonl …");
node(cli, "tune", join("assets", "sample", "support.tune.json"), "--run", run);
console.log("\nComparing with prompting on rows that training has not seen …");
node(cli, "compare", run, "--shots", "0,1,5,10");
