/** What exact reproduction depends on and only the runtime knows. */
import { availableParallelism } from "node:os";
import { env } from "onnxruntime-node";
import type { Device } from "../graph/lowering/index.ts";

/**
 * @param threads as set; 0 leaves one core free where there are more than two, so that the machine stays usable
 */
export async function runtimeEnvironment(device: Device, threads: number) {
  return {
    device,
    threads: resolveThreads(threads),
    runtimeVersion: env.versions.node ?? env.versions.common,
  };
}

export function resolveThreads(threads: number): number {
  if (threads > 0) return threads;
  const cores = availableParallelism();
  return cores > 2 ? cores - 1 : cores;
}
