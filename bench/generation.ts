/** Generation and prompts, float32, batch 1, greedy, beside llama.cpp and transformers. */
import { existsSync, renameSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type Benchmark, flags, type Setting } from "./benchmark.ts";
import { ours, python, run } from "./processes.ts";

const nodeLlama = "node-llama-cpp@3.22.1";

export const generation: Benchmark = {
  name: "generation",
  title: "float32, batch 1: 64 greedy tokens after a prompt of 16, and a prompt of 512",
  needs: ["python"],
  async sides(setting) {
    const { model, threads, quick } = setting;
    const work = quick ? { prompt: 64, new: 8, rounds: 1 } : { prompt: 512, new: 64, rounds: 3 };
    const module = await installLlama(setting);
    const gguf = await convertForLlama(setting);
    const llama = join(import.meta.dirname, "peers", "generate_llama.mjs");
    return [
      ours("generation", [model, ...flags({ threads, ...work })]),
      {
        name: "llama.cpp F32",
        command: [process.execPath, llama, gguf, module, ...flags({ threads, ...work })],
      },
      {
        name: "transformers float32",
        command: python(setting, "generate_transformers.py", [model, ...flags(work)]),
      },
    ];
  },
  asked: [
    {
      figure: "tokensPerSecond",
      label: "new tokens/s",
      unit: "per second",
      peer: "llama.cpp F32",
      atLeast: 1,
    },
    { figure: "tokensPerSecond", label: "new tokens/s", unit: "per second", peer: "transformers float32" },
    {
      figure: "promptTokensPerSecond",
      label: "prompt tokens/s",
      unit: "per second",
      peer: "transformers float32",
      atLeast: 1,
    },
    { figure: "promptTokensPerSecond", label: "prompt tokens/s", unit: "per second", peer: "llama.cpp F32" },
    { figure: "peakBytes", label: "peak memory", unit: "bytes", peer: "llama.cpp F32" },
    { figure: "peakBytes", label: "peak memory", unit: "bytes", peer: "transformers float32" },
  ],
};

/** Installs node-llama-cpp into the cache once, beside no package of ours, and returns its folder. */
async function installLlama({ cache }: Setting): Promise<string> {
  const folder = join(cache, "node");
  const module = join(folder, "node_modules", "node-llama-cpp");
  if (!existsSync(module)) {
    await mkdir(folder, { recursive: true });
    await run([
      "npm",
      "install",
      "--prefix",
      folder,
      "--ignore-scripts",
      "--no-fund",
      "--no-audit",
      nodeLlama,
    ]);
  }
  return module;
}

/** The model as a float32 GGUF, made once. */
async function convertForLlama({ model, python, cache }: Setting): Promise<string> {
  const file = join(cache, `${basename(resolve(model))}.F32.gguf`);
  if (!existsSync(file)) {
    await run([python, join(import.meta.dirname, "peers", "f32_gguf.py"), model, `${file}.part`]);
    renameSync(`${file}.part`, file);
  }
  return file;
}
