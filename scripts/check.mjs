// Types (the panels' apart: they have a browser's), lint, format, translations and the rules' pages; then the fast tests unless --quick.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled, root } from "./install.mjs";

ensureInstalled();
const run = (...args) => {
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (result.status !== 0) process.exit(result.status ?? 1);
};
for (const project of [".", "webview"]) run(join("node_modules", "typescript", "bin", "tsc"), "-p", project);
run(join("node_modules", "@biomejs", "biome", "bin", "biome"), "check", ".");
run(join("scripts", "l10n.mjs"), "--check");
run(join("scripts", "rule-docs.mjs"), "--check");
if (!process.argv.includes("--quick")) run(join("scripts", "test.mjs"), "--tier", "unit");
