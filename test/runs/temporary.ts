/** A folder that is gone when its test file has ended, small recipes and events to fill it with, and a bad disk. */
import fs, { mkdtempSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type Recipe, resolveRecipe } from "../../src/runs/recipe.ts";
import type { NewEvent } from "../../src/runs/schema.ts";

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tunesmith-"));
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export function sampleRecipe(folder: string): Recipe {
  return resolveRecipe({ model: "tiny", data: { train: "train.jsonl" }, train: { steps: 40 } }, folder);
}

export const attemptEvent = (attempt: number, resumedStep: number): NewEvent & { type: "attempt" } => ({
  type: "attempt",
  attempt,
  resumedStep,
  pid: 1,
  host: "here",
  platform: "linux x64",
  cpu: "a processor",
  cpuFeatures: ["avx2"],
  nodeVersion: "v20.19.0",
  device: "cpu",
  threads: 2,
  runtimeVersion: "1.30.0",
});

export const stepEvent = (step: number, loss = 1 / step): NewEvent & { type: "step" } => ({
  type: "step",
  step,
  epoch: 0,
  loss,
  learningRate: 1e-4,
  gradientNorm: 1,
  tokensPerSecond: 100,
  trainedTokens: 10,
  paddingShare: 0,
  seconds: 0.1,
  memoryBytes: 1,
});

/** Runs `run` while a function of node:fs is replaced, for everybody: to fail, or to let something happen in between. */
export function withFileSystem<K extends "openSync" | "writeSync" | "closeSync">(
  name: K,
  replacement: (original: (typeof fs)[K]) => (typeof fs)[K],
  run: () => void,
): void {
  const original = fs[name];
  const put = (value: (typeof fs)[K]) => {
    fs[name] = value;
    syncBuiltinESMExports();
  };
  put(replacement(original));
  try {
    run();
  } finally {
    put(original);
  }
}
