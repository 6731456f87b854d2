// Installs the dependencies once, without running any package's own scripts: ONNX Runtime's would fetch CUDA
// libraries, and nothing else here needs one.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Installs what the lock file names, if `node_modules` is missing. `npm ci` would be stricter, but it refuses a lock file
 * in which npm has left out the versions of other platforms' optional packages, as some registries make it do.
 */
export function ensureInstalled() {
  if (existsSync(new URL("../node_modules/.package-lock.json", import.meta.url))) return;
  console.log("Installing dependencies (once) …");
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm]] : ["npm", []];
  const result = spawnSync(
    command,
    [...args, "install", "--no-save", "--ignore-scripts", "--no-fund", "--no-audit"],
    {
      cwd: root,
      stdio: "inherit",
      shell: !npm && process.platform === "win32",
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" },
    },
  );
  if (result.status !== 0) process.exit(result.status ?? 1);
}
