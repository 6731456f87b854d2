/**
 * tokens/s of a prompt and of greedy decoding, batch 1. The counterpart of peers/generate_transformers.py: best of the
 * rounds; decoding is NEW tokens after a prompt of 16, the time of one token (with its prompt) taken off.
 */
import { Generator } from "../../src/engine/generate/generator.ts";
import { openBaseModel } from "../../src/engine/model/base.ts";
import { none } from "../../src/methods/none.ts";
import { Random } from "../../src/random/random.ts";
import { options, report, seconds } from "./common.ts";

const { positionals, values } = options({ prompt: 512, new: 64, rounds: 3 });
const { prompt, new: count, rounds, threads } = values;
const { config, weights } = await openBaseModel(positionals[0]!);
const generator = new Generator({ config, weights, method: none, arrays: new Map() }, { threads });
const random = new Random(7, "benchmark");
const ids = Array.from({ length: prompt }, () => 3 + random.integer(config.vocabularySize - 3));
const answer = (length: number, maxTokens: number) =>
  seconds(() => generator.generate([ids.slice(0, length)], { maxTokens, endTokens: new Set() }));

// Compiles every shape that follows.
const warmupSeconds = (await answer(prompt, 1)) + (await answer(16, 1 + count));
const prompts: number[] = [];
const decodings: number[] = [];
for (let round = 0; round < rounds; round++) {
  prompts.push(await answer(prompt, 1));
  const first = await answer(16, 1);
  decodings.push((await answer(16, 1 + count)) - first);
}
report({
  threads,
  promptTokens: prompt,
  newTokens: count,
  promptTokensPerSecond: prompt / Math.min(...prompts),
  tokensPerSecond: count / Math.min(...decodings),
  warmupSeconds,
});
await generator.release();
