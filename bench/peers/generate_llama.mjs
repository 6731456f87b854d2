// llama.cpp through node-llama-cpp and the binary it brings: tokens/s of a prompt and of greedy decoding, batch 1.
//
//   node generate_llama.mjs MODEL.gguf NODE_LLAMA_CPP_DIR [--prompt 512] [--new 64] [--rounds 3] [--threads 2]
//
// As generate_transformers.py: the prompt up to its first token; NEW tokens after the first one that follows a prompt of
// 16. Best of the rounds.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const number = (value) => ({ type: "string", default: String(value) });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { prompt: number(512), new: number(64), rounds: number(3), threads: number(2) },
});
const [file, folder] = positionals;
const [prompt, count, rounds, threads] = ["prompt", "new", "rounds", "threads"].map((name) =>
  Number(values[name]),
);
const { getLlama } = await import(pathToFileURL(join(folder, "dist", "index.js")));

const llama = await getLlama({ gpu: false, build: "never", maxThreads: threads, logLevel: "error" });
const model = await llama.loadModel({ modelPath: file });
const context = await model.createContext({
  contextSize: prompt + count + 64,
  batchSize: prompt,
  threads: { ideal: threads, min: threads },
});
const sequence = context.getSequence();
const ids = Array.from({ length: prompt }, (_, i) => 3 + ((i * 7919) % 40_000));

/** Seconds to the first new token, and from there to the last of `more`. */
async function answer(length, more) {
  await sequence.clearHistory();
  const start = performance.now();
  let first = 0;
  let tokens = 0;
  for await (const _ of sequence.evaluate(ids.slice(0, length), { temperature: 0, yieldEogToken: true })) {
    if (tokens === 0) first = performance.now();
    if (++tokens > more) break;
  }
  return { toFirst: (first - start) / 1000, rest: (performance.now() - first) / 1000 };
}

await answer(16, 2); // warm
const prompts = [];
const decodings = [];
for (let round = 0; round < rounds; round++) {
  prompts.push((await answer(prompt, 0)).toFirst);
  decodings.push((await answer(16, count)).rest);
}
console.log(
  JSON.stringify({
    peer: "llama.cpp",
    threads: context.currentThreads,
    promptTokens: prompt,
    newTokens: count,
    promptTokensPerSecond: prompt / Math.min(...prompts),
    tokensPerSecond: count / Math.min(...decodings),
    peakBytes: process.resourceUsage().maxRSS * 1024,
    versions: {
      node: process.version,
      "node-llama-cpp": JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version,
      "llama.cpp": llama.llamaCppRelease.release,
    },
  }),
);
await llama.dispose();
process.exit(); // its pools may hold the process
