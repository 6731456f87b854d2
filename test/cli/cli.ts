/** The real command line as a child process, bundled once for a test file, and small things to run it on. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../runs/temporary.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Absolute, without links, since the command line names folders as the system does. */
export const folder = realpathSync(temporaryFolder());
/** The command line's file; its job's is beside it, as in `dist/`. */
export const cli = join(folder, "program", "cli.js");

execFileSync(process.execPath, [join(root, "scripts", "build.mjs"), join(folder, "program")]);
for (const needed of ["node_modules", "assets"])
  symlinkSync(join(root, needed), join(folder, needed), "junction");
writeFileSync(join(folder, "package.json"), readFileSync(join(root, "package.json")));

/** No hub, a cache of its own. */
export const environment = {
  ...process.env,
  HF_ENDPOINT: "http://127.0.0.1:9",
  HF_HOME: join(folder, "huggingface"),
  TUNESMITH_CACHE: join(folder, "cache"),
};

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts `tunesmith …` in a folder, and lets it run. */
export function start(cwd: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [cli, ...args], {
    cwd,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export function finished(child: ChildProcess): Promise<Finished> {
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...output })));
}

/** Runs `tunesmith …` to its end. Whatever happens, nobody shall see a stack trace. */
export async function tunesmith(cwd: string, ...args: string[]): Promise<Finished> {
  const result = await finished(start(cwd, args));
  assert.doesNotMatch(result.stdout + result.stderr, /^\s+at .*:\d+/m, "a stack trace");
  return result;
}

/** What `--json` prints: exactly one object, and nothing beside it. */
// biome-ignore lint/suspicious/noExplicitAny: each command's own shape, looked at by the tests
export async function json(cwd: string, ...args: string[]): Promise<any> {
  const { code, stdout, stderr } = await tunesmith(cwd, ...args, "--json");
  assert.equal(stderr, "");
  assert.match(stdout, /^\{.*\}\n$/, "one line with one object");
  return { code, ...JSON.parse(stdout) };
}

/** A folder with rows and a recipe that takes a second or two; `train` goes over the recipe's own. */
export function project(
  settings: { rows?: number; train?: object; data?: object; model?: string; method?: object } = {},
): string {
  const place = mkdtempSync(join(folder, "project-"));
  writeFileSync(join(place, "train.jsonl"), rows(settings.rows ?? 24));
  writeRecipe(place, {
    model: settings.model ?? "tiny",
    data: { train: "train.jsonl", validation: 4, test: 4, ...settings.data },
    method: settings.method ?? { name: "lora", rank: 2 },
    train: { steps: 4, batchSize: 2, gradientAccumulation: 1, maxLength: 64, threads: 1, ...settings.train },
  });
  return place;
}

export function writeRecipe(place: string, recipe: object, name = "recipe.json"): void {
  writeFileSync(join(place, name), JSON.stringify(recipe));
}

/** Rows of one length, so that the trainer compiles few shapes. */
export function rows(count: number): string {
  const labels = ["booking", "repair", "account"];
  const row = (i: number) => ({
    prompt: `my ${labels[i % 3]} number ${100 + i}`,
    completion: labels[i % 3],
  });
  return Array.from({ length: count }, (_, i) => `${JSON.stringify(row(i))}\n`).join("");
}

/** A copy of the bundled model that a test may spoil. */
export function modelCopy(): string {
  const copy = join(mkdtempSync(join(folder, "model-")), "tiny");
  mkdirSync(copy);
  cpSync(join(root, "assets", "tiny"), copy, { recursive: true });
  return copy;
}
