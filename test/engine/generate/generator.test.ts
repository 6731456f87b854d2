/** Greedy continuations against transformers, alone and in a batch of prompts of different lengths. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Generator } from "../../../src/engine/generate/generator.ts";
import { openBaseModel } from "../../../src/engine/model/base.ts";
import { none } from "../../../src/methods/none.ts";
import { fixture } from "../../support/fixtures.ts";

interface Expected {
  prompts: number[][];
  greedy: { repetitionPenalty: number; tokens: number[][] }[];
}

const expected: Record<string, Expected> = JSON.parse(
  await readFile(fixture("models/generated.json"), "utf8"),
);
let cacheDir: string;
before(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "tunesmith-generate-"));
});
after(() => rm(cacheDir, { recursive: true, force: true }));

for (const [name, { prompts, greedy }] of Object.entries(expected)) {
  describe(name, () => {
    for (const { repetitionPenalty, tokens } of greedy) {
      const settings = { maxTokens: 24, endTokens: new Set<number>(), repetitionPenalty };
      const open = async () => {
        const { config, weights } = await openBaseModel(fixture(`models/${name}`), { cacheDir });
        return new Generator({ config, weights, method: none, arrays: new Map() });
      };

      it(`continues a batch as transformers does, repetition penalty ${repetitionPenalty}`, async () => {
        const generator = await open();
        const found = await generator.generate(prompts, settings);
        await generator.release();
        assert.deepEqual(
          found.map((each) => each.tokens),
          tokens,
        );
      });

      it(`continues single prompts as transformers does, repetition penalty ${repetitionPenalty}`, async () => {
        const generator = await open();
        for (const [i, prompt] of prompts.entries()) {
          const [found] = await generator.generate([prompt], settings);
          assert.deepEqual(found!.tokens, tokens[i]);
        }
        await generator.release();
      });
    }

    it("stops at an end token, which is not part of the answer", async () => {
      const { config, weights } = await openBaseModel(fixture(`models/${name}`), { cacheDir });
      const generator = new Generator({ config, weights, method: none, arrays: new Map() });
      const answer = greedy[0]!.tokens[0]!;
      const end = answer.find((token, i) => i > 2 && !answer.slice(0, i).includes(token))!;
      const [found] = await generator.generate([prompts[0]!], { maxTokens: 24, endTokens: new Set([end]) });
      await generator.release();
      assert.deepEqual(found, { tokens: answer.slice(0, answer.indexOf(end)), end: "end-token" });
    });
  });
}
