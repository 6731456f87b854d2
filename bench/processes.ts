/** Processes of a sitting. Each side is one, so that its peak memory is its own. */
import { spawn } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { jobEnvironment } from "../src/jobs/spawn.ts";
import type { Figures, Setting, Side } from "./benchmark.ts";

export const root = fileURLToPath(new URL("..", import.meta.url));
const sources = join(root, "bench", "ours");
const built = join(root, ".tunesmith", "bench");

/** Bundles bench/ours as scripts/build.mjs bundles the product: loading TypeScript at run time would count as ours. */
export async function buildOurs(): Promise<void> {
  const { build } = await import("esbuild");
  rmSync(built, { recursive: true, force: true });
  await build({
    entryPoints: readdirSync(sources).map((file) => join(sources, file)),
    outdir: built,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
}

/** Our side of a benchmark, in the environment that a job has. */
export function ours(program: string, args: readonly string[]): Side {
  return {
    name: "Tunesmith",
    command: [process.execPath, join(built, `${program}.js`), ...args],
    env: jobEnvironment(process.env),
  };
}

export function python({ python, threads }: Setting, script: string, args: readonly string[]): string[] {
  return [python, join(root, "bench", "peers", script), ...args, "--threads", String(threads)];
}

/**
 * Runs a command to its end.
 * @returns what it printed
 * @throws Error with its last words
 */
export function run([program, ...args]: readonly string[], env = process.env): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        output[stream] += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output.stdout);
      else {
        const words = (output.stderr || output.stdout).trim().split("\n").slice(-5).join("\n");
        reject(new Error(`${basename(args[0] ?? program!)} ended with ${signal ?? code}:\n${words}`));
      }
    });
  });
}

export async function measure({ command, env }: Side): Promise<Figures> {
  const lines = (await run(command, env)).trim().split("\n");
  return JSON.parse(lines.at(-1)!);
}
