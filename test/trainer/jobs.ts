/** Runs with the fake job, for tests of everything around it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import type { JobProgram } from "../../src/jobs/spawn.ts";
import { createRun } from "../../src/runs/directory.ts";
import { type RunSummary, readRun } from "../../src/runs/reader.ts";
import { resolveRecipe } from "../../src/runs/recipe.ts";
import { temporaryFolder } from "../runs/temporary.ts";
import type { FakeBehaviour } from "./fake-job.ts";

/** The fake job as one file: a test starts it dozens of times, and through tsx each start takes a second. */
export const fakeJob: JobProgram = { entry: [bundled("fake-job.ts")] };

function bundled(source: string): string {
  const outfile = join(temporaryFolder(), "job.mjs");
  const entry = fileURLToPath(new URL(source, import.meta.url));
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  return outfile;
}

export function fakeRun(root: string, steps: number, behaviour: FakeBehaviour = {}): string {
  const recipe = resolveRecipe({ model: "tiny", data: { train: "train.jsonl" }, train: { steps } }, root);
  const directory = createRun("fake", recipe, { root });
  writeFileSync(join(directory, "fake.json"), JSON.stringify(behaviour));
  return directory;
}

/** Waits for a run to be as wanted; fails after a while, with what it is instead. */
export async function until(directory: string, wanted: (run: RunSummary) => boolean): Promise<RunSummary> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(10)) {
    const run = readRun(directory);
    if (wanted(run)) return run;
  }
  const { state, history, problems } = readRun(directory);
  throw new Error(`still ${state} at step ${history.steps.at(-1)?.step}: ${problems.join("; ")}`);
}

export const steps = ({ history }: RunSummary): number[] => history.steps.map(({ step }) => step);

/** 1, 2, …, n */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
