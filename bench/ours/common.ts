/** What our programs share: options, the LoRA of the benchmarks, and one JSON line as the result. See peers/common.py. */

import { readFileSync } from "node:fs";
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

/**
 * Resident bytes that lie in the page cache once but count as often as they are mapped: every session maps the weights
 * anew, so `peakBytes` has them once per session that ran. Linux only, else 0.
 */
export function countedTwiceBytes(): number {
  if (process.platform !== "linux") return 0;
  const mappings = readFileSync("/proc/self/smaps", "utf8").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const largest = new Map<string, number>();
  let total = 0;
  for (const mapping of mappings) {
    // address permissions offset device inode; anonymous memory has inode 0.
    const [, , offset, device, inode] = mapping.split(/\s+/, 5);
    if (inode === "0") continue;
    const resident = 1024 * Number(/^Rss:\s+(\d+) kB/m.exec(mapping)![1]);
    const place = `${device} ${inode} ${offset}`;
    largest.set(place, Math.max(largest.get(place) ?? 0, resident));
    total += resident;
  }
  return total - [...largest.values()].reduce((sum, bytes) => sum + bytes, 0);
}

export function report(figures: Record<string, unknown>): void {
  const versions = { node: process.version, onnxruntime: env.versions.node };
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const twice = countedTwiceBytes();
  console.log(JSON.stringify({ ...figures, peakBytes, countedTwiceBytes: twice, versions }));
}
