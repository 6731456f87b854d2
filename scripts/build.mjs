// Bundles the command line and the job process: `node scripts/build.mjs [folder]`, dist/ unless another is given.
// Native packages stay outside the bundle.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled, root } from "./install.mjs";

ensureInstalled();
const { build } = await import("esbuild");

const [folder = "dist"] = process.argv.slice(2);
if (folder === "dist") rmSync(join(root, folder), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { cli: "src/cli/main.ts", job: "src/trainer/job.ts" },
  outdir: folder,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  sourcemap: true,
  logLevel: "warning",
});
