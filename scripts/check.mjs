// Types, lint and format; then the fast tests unless --quick.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled, root } from "./install.mjs";

ensureInstalled();
const run = (...args) => {
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (result.status !== 0) process.exit(result.status ?? 1);
};
run(join("node_modules", "typescript", "bin", "tsc"), "-p", ".");
run(join("node_modules", "@biomejs", "biome", "bin", "biome"), "check", ".");
if (!process.argv.includes("--quick")) run(join("scripts", "test.mjs"), "--tier", "unit");
