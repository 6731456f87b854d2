/** The distribution that tokens are drawn from, against transformers' logits processors (fixtures/generate). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { chooseToken, greedy, type SamplingSettings } from "../../../src/engine/generate/sampling.ts";
import { Random } from "../../../src/random/random.ts";
import { fixture } from "../../support/fixtures.ts";

interface Facts {
  seen: number[];
  cases: { logits: number[]; settings: Partial<SamplingSettings>; probabilities: number[] }[];
}

const { seen, cases }: Facts = JSON.parse(readFileSync(fixture("generate/sampling.json"), "utf8"));

/** Random numbers that are spread evenly over [0, 1), so that counting gives the distribution itself. */
class Even extends Random {
  readonly count: number;
  #at = -0.5;
  constructor(count: number) {
    super(0);
    this.count = count;
  }
  override uniform(): number {
    this.#at += 1;
    return this.#at / this.count;
  }
}

function distribution(logits: readonly number[], settings: SamplingSettings, count = 4000): number[] {
  const random = new Even(count);
  const shares = logits.map(() => 0);
  for (let i = 0; i < count; i++) {
    const token = chooseToken(Float32Array.from(logits), seen, settings, random);
    shares[token] = shares[token]! + 1 / count;
  }
  return shares;
}

describe("tokens are drawn as transformers draws them", () => {
  // Which of several equally likely tokens stay at a border is arbitrary: transformers may keep all of them, or others.
  const cutsTies = ({ logits, settings: { topK = 0, topP = 1 } }: Facts["cases"][number]) =>
    new Set(logits).size < logits.length && ((topK > 0 && topK < 4) || topP < 0.5);
  for (const each of cases.filter((candidate) => !cutsTies(candidate))) {
    const { logits, settings, probabilities } = each;
    it(`${JSON.stringify(settings)}, logits from ${logits[0]!.toFixed(2)}`, () => {
      const found = distribution(logits, { ...greedy, ...settings });
      for (const [token, expected] of probabilities.entries()) {
        assert.ok(
          Math.abs(found[token]! - expected) <= 1 / 2000,
          `token ${token}: drawn ${found[token]}, expected ${expected}`,
        );
        if (expected === 0) assert.equal(found[token], 0, `token ${token} is left out`);
      }
    });
  }
});

it("temperature 0 takes the most likely token, after the repetition penalty", () => {
  const logits = [1, 3, 2.9, -1];
  const choose = (repetitionPenalty: number) =>
    chooseToken(Float32Array.from(logits), [1], { ...greedy, repetitionPenalty }, new Random(1));
  assert.deepEqual([choose(1), choose(1.2)], [1, 2]);
});

it("equal seeds draw equal tokens", () => {
  const draw = (seed: number) => {
    const random = new Random(seed);
    const settings = { ...greedy, temperature: 1 };
    return Array.from({ length: 20 }, () =>
      chooseToken(Float32Array.from(cases[0]!.logits), [], settings, random),
    );
  };
  assert.deepEqual(draw(5), draw(5));
  assert.notDeepEqual(draw(5), draw(6));
});
