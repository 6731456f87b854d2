/** What our programs share: options, the LoRA of the benchmarks, and one JSON line as the result. See peers/common.py. */

import { parseArgs } from "node:util";
import { env } from "onnxruntime-node";
import type { BaseModel } from "../../src/engine/model/base.ts";
import { Trainer } from "../../src/engine/train/trainer.ts";
import { createMethod } from "../../src/methods/index.ts";

/** Positional arguments, and numbers with defaults. */
export function options<Name extends string>(
  defaults: Record<Name, number>,
): { positionals: string[]; values: Record<Name | "threads", number> } {
  const all: Record<string, number> = { threads: 2, ...defaults };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: Object.fromEntries(Object.keys(all).map((name) => [name, { type: "string" as const }])),
  });
  const number = (name: string) => Number(values[name] ?? all[name]);
  return {
    positionals,
    values: Object.fromEntries(Object.keys(all).map((name) => [name, number(name)])) as Record<
      Name | "threads",
      number
    >,
  };
}

export const method = createMethod({
  name: "lora",
  rank: 8,
  alpha: 16,
  dropout: 0,
  targets: "all-linear",
  rsLora: false,
});

/** A trainer with PyTorch's defaults of AdamW, as the peers have it. */
export function createTrainer(
  base: BaseModel,
  settings: { threads: number; learningRate: number; totalSteps: number },
): Promise<Trainer> {
  return Trainer.create({
    config: base.config,
    method,
    weights: base.weights,
    readBase: base.read,
    settings: {
      ...settings,
      seed: 7,
      schedule: "cosine",
      warmupSteps: 0,
      maxGradientNorm: 1,
      gradientCheckpointing: false,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.01,
    },
  });
}

/** Seconds that `work` took. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function report(figures: Record<string, unknown>): void {
  const versions = { node: process.version, onnxruntime: env.versions.node };
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ ...figures, peakBytes, versions }));
}
