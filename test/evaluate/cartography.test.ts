/** What training shows of a row: figures by hand. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  isLearned,
  lossRanks,
  type RowEpoch,
  type RowHistory,
  regionOf,
  rowHistory,
} from "../../src/evaluate/cartography.ts";

/** An epoch in which each of some tokens had the probability `p`. */
const met = (epoch: number, p: number, tokens = 2, sure = 0): RowEpoch => ({
  epoch,
  nll: -tokens * Math.log(p),
  tokens,
  sure,
});
/** One letter an epoch: learned or not. */
const course = (letters: string) => rowHistory([...letters].map((l, i) => met(i, 0.5, 3, l === "L" ? 3 : 2)));
const close = (actual: number | null, expected: number) =>
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-12, `${actual} instead of ${expected}`);

describe("a row's history", () => {
  it("has the mean and the standard deviation of the probability per token, and the losses", () => {
    const history = rowHistory([met(0, 1 / 4), met(1, 1 / 2, 8), met(2, 3 / 4)]);
    close(history.confidence, 1 / 2);
    // The deviations are −1/4, 0 and 1/4: √(2/16/3) = √(1/24).
    close(history.variability, 0.2041241452319315);
    assert.equal(history.epochs, 3);
    // ln 4, ln 2 and ln 4/3.
    for (const [i, loss] of [2 * Math.LN2, Math.LN2, 0.28768207245178085].entries())
      close(history.losses[i]!, loss);
    close(history.lastLoss, 0.28768207245178085);
  });

  it("counts each time that it was learned and then not", () => {
    const forgotten = (letters: string) => course(letters).forgotten;
    assert.deepEqual(["NLL", "LNL", "LNLN", "LNNN", "NNN", "LL"].map(forgotten), [0, 1, 2, 1, 0, 0]);
    assert.deepEqual(
      ["NNN", "NLN", "LNN"].map((letters) => course(letters).neverLearned),
      [true, false, false],
    );
  });

  it("of one epoch says nothing of variability, forgetting and learning", () => {
    for (const letter of ["N", "L"]) {
      const { confidence, variability, forgotten, neverLearned, epochs } = course(letter);
      assert.deepEqual([variability, forgotten, neverLearned, epochs], [null, null, false, 1]);
      close(confidence, 1 / 2);
    }
  });

  it("is learned with nine sure tokens of ten; a short answer in all of its tokens", () => {
    const cases = [
      [1, 1, true],
      [1, 0, false],
      [3, 2, false],
      [9, 8, false],
      [10, 9, true],
      [19, 17, false],
      [20, 18, true],
      [20, 17, false],
    ] as const;
    for (const [tokens, sure, expected] of cases)
      assert.equal(isLearned({ tokens, sure }), expected, `${sure} of ${tokens}`);
  });
});

describe("a row's region", () => {
  const region = (confidence: number, variability: number | null) =>
    regionOf({ confidence, variability } as RowHistory);

  it("is told by variability first, then by confidence", () => {
    assert.deepEqual(
      [region(0.9, 0.2), region(0.1, 0.3), region(0.5, 0.19), region(0.49, 0), region(0.9, null)],
      ["ambiguous", "ambiguous", "easy", "hard", undefined],
    );
  });
});

describe("ranks by loss", () => {
  const ranks = (...losses: number[][]) => lossRanks(losses.map((each) => ({ losses: each })));

  it("begin at the highest; equal ones share the better rank", () => {
    assert.deepEqual(ranks([1], [3], [2], [3], [0.5]), [3, 0, 2, 0, 4]);
    assert.deepEqual(ranks(), []);
  });

  it("compare rows in the last epoch that all were met in", () => {
    assert.deepEqual(ranks([5, 2], [4, 3, 0], [9, 1, 8]), [1, 0, 2]);
  });
});
