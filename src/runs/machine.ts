/** The processor as far as results depend on it: ONNX Runtime chooses its kernels by these features. */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** Instruction sets that ONNX Runtime's CPU kernels (MLAS) look for, by the names in /proc/cpuinfo. */
const features =
  /^(sse4_1|avx|avx2|fma|f16c|avx512[a-z0-9_]*|avx_vnni|amx_[a-z0-9]+|asimd[a-z]*|sve2?|bf16|i8mm)$/;

/** Model name and instruction sets. Elsewhere than on Linux the system lists none, and the model name stands for them. */
export function processor(): { cpu: string; cpuFeatures: string[] } {
  const cpu = cpus()[0]?.model.trim() ?? "unknown";
  try {
    const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "";
    return {
      cpu,
      cpuFeatures: flags
        .split(/\s+/)
        .filter((flag) => features.test(flag))
        .sort(),
    };
  } catch {
    return { cpu, cpuFeatures: [] };
  }
}
