/** Intervals and tests against the papers' own tables, scipy and statsmodels (fixtures/evaluate), and exact arithmetic. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { bootstrap, bootstrapP, percentileInterval } from "../../src/evaluate/statistics/bootstrap.ts";
import { holm } from "../../src/evaluate/statistics/holm.ts";
import { countPairs, mcnemarExact, newcombeInterval } from "../../src/evaluate/statistics/paired.ts";
import { type Interval, wilsonInterval } from "../../src/evaluate/statistics/wilson.ts";

interface Fixtures {
  wilson: (Interval & { right: number; n: number })[];
  mcnemar: { onlyFirst: number; onlySecond: number; p: number }[];
  holm: { p: number[]; adjusted: number[] }[];
  percentiles: (Interval & { values: number[] })[];
  paired: Interval & { first: number[]; second: number[]; standardError: number };
}
const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/evaluate/statistics.json", import.meta.url), "utf8"),
) as Fixtures;

function assertClose(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= tolerance,
    `${what}: ${actual}, expected ${expected} ± ${tolerance}`,
  );
}

function assertInterval(actual: Interval, low: number, high: number, tolerance: number, what: string): void {
  assertClose(actual.low, low, tolerance, `${what}, low`);
  assertClose(actual.high, high, tolerance, `${what}, high`);
}

test("Wilson's interval is that of Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3", () => {
  const published = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const;
  for (const [right, n, low, high] of published) {
    assertInterval(wilsonInterval(right, n), low, high, 5.1e-5, `${right} of ${n}`);
  }
});

test("Wilson's interval agrees with statsmodels, is exact at the edges and knows nothing of nothing", () => {
  for (const { right, n, low, high } of fixtures.wilson) {
    assertInterval(wilsonInterval(right, n), low, high, 1e-12, `${right} of ${n}`);
  }
  assert.equal(wilsonInterval(0, 20).low, 0);
  assert.equal(wilsonInterval(20, 20).high, 1);
  assert.deepEqual(wilsonInterval(0, 0), { low: 0, high: 1 });
});

test("the paired interval is that of Newcombe 1998 (Statistics in Medicine 17:2635), table III, method 10", () => {
  // The paper's cells e (both), f (only first), g (only second), h (neither), and its limits as printed.
  const published = [
    [36, 12, 2, 0, 0.0569, 0.3404],
    [20, 12, 2, 16, 0.0562, 0.3292],
    [18, 12, 2, 18, 0.0562, 0.329],
    [36, 14, 0, 0, 0.1528, 0.4167],
    [35, 14, 0, 1, 0.1461, 0.4175],
    [18, 14, 0, 18, 0.1441, 0.3963],
    [2, 97, 1, 0, 0.8721, 0.9854],
    [1, 97, 1, 1, 0.8736, 0.985],
    [0, 29, 1, 0, 0.6666, 0.9882],
    [2, 98, 0, 0, 0.9178, 0.9945],
    [1, 98, 0, 1, 0.9171, 0.9916],
    [0, 30, 0, 0, 0.8395, 1],
    [54, 0, 0, 0, -0.0664, 0.0664],
    [53, 0, 0, 1, -0.0729, 0.0729],
    [30, 0, 0, 24, -0.0358, 0.0358],
    [29, 0, 0, 25, -0.0354, 0.0354],
    [28, 0, 0, 26, -0.0352, 0.0352],
    [27, 0, 0, 27, -0.0351, 0.0351],
  ] as const;
  for (const [both, onlyFirst, onlySecond, neither, low, high] of published) {
    const interval = newcombeInterval({ both, onlyFirst, onlySecond, neither });
    // One limit of the table, 0.8736, is cut rather than rounded: the formula gives 0.87367.
    assertInterval(interval, low, high, 1e-4, `${both} ${onlyFirst} ${onlySecond} ${neither}`);
  }
});

test("the paired interval turns round with the order of the two, and holds the difference", () => {
  for (const counts of [
    { both: 31, onlyFirst: 9, onlySecond: 4, neither: 6 },
    { both: 1, onlyFirst: 8, onlySecond: 20, neither: 1 },
  ]) {
    const there = newcombeInterval(counts);
    const back = newcombeInterval({ ...counts, onlyFirst: counts.onlySecond, onlySecond: counts.onlyFirst });
    assertInterval(back, -there.high, -there.low, 1e-12, "swapped");
    const difference =
      (counts.onlyFirst - counts.onlySecond) /
      (counts.both + counts.neither + counts.onlyFirst + counts.onlySecond);
    assert.ok(there.low < difference && difference < there.high);
  }
});

test("McNemar's exact test: hand-computed values, statsmodels, and no underflow with thousands of rows", () => {
  const p = (onlyFirst: number, onlySecond: number) =>
    mcnemarExact({ both: 7, onlyFirst, onlySecond, neither: 3 });
  assert.equal(p(0, 0), 1);
  assertClose(p(5, 0), 0.0625, 1e-15, "5 against 0");
  assertClose(p(0, 6), 0.03125, 1e-15, "6 against 0");
  assertClose(p(1, 9), 22 / 1024, 1e-15, "1 against 9");
  assertClose(p(10, 2), (2 * (1 + 12 + 66)) / 4096, 1e-15, "10 against 2");
  assertClose(p(4, 4), 1, 1e-15, "4 against 4");
  for (const row of fixtures.mcnemar) {
    const expected = row.p;
    assertClose(
      p(row.onlyFirst, row.onlySecond),
      expected,
      1e-9 * expected,
      `${row.onlyFirst}/${row.onlySecond}`,
    );
  }
});

test("pairs are counted by who was right", () => {
  const counts = countPairs([true, true, false, false, true], [true, false, true, false, false]);
  assert.deepEqual(counts, { both: 1, onlyFirst: 2, onlySecond: 1, neither: 1 });
});

test("Holm's correction agrees with statsmodels, whatever the order, and with a case by hand", () => {
  assert.deepEqual(holm([0.04, 0.01, 0.03]), [0.06, 0.03, 0.06]);
  assert.deepEqual(holm([]), []);
  for (const { p, adjusted } of fixtures.holm) {
    holm(p).forEach((value, i) => {
      assertClose(value, adjusted[i]!, 1e-12, `p ${p[i]}`);
    });
  }
});

test("percentile intervals are numpy's", () => {
  for (const { values, low, high } of fixtures.percentiles) {
    assertInterval(
      percentileInterval(Float64Array.from(values)),
      low,
      high,
      1e-12,
      `${values.length} values`,
    );
  }
});

test("resampling draws every combination of rows as often as it should", () => {
  // Two rows, 0 and 1: the mean of a resample is 0, ½ or 1 with chances ¼, ½ and ¼.
  const [means] = bootstrap(2, [(draw) => (draw[0]! + draw[1]!) / 2], { seed: 5, resamples: 40_000 });
  const share = (mean: number) => means!.filter((value) => value === mean).length / means!.length;
  assertClose(share(0), 0.25, 0.01, "both draws the first row");
  assertClose(share(0.5), 0.5, 0.01, "one of each");
  assertClose(share(1), 0.25, 0.01, "both draws the second row");
});

test("a paired bootstrap agrees with scipy's within Monte Carlo error, and repeats by its seed", () => {
  const { first, second, low, high, standardError } = fixtures.paired;
  const meanOf = (values: number[]) => (draw: Uint32Array) =>
    draw.reduce((total, row) => total + values[row]!, 0) / draw.length;
  const differences = (seed: number) => {
    const [a, b] = bootstrap(first.length, [meanOf(first), meanOf(second)], { seed });
    return a!.map((score, i) => score - b![i]!);
  };
  const once = differences(11);
  assert.equal(once.length, 10_000);
  assertInterval(percentileInterval(once), low, high, 0.1 * standardError, "interval of the mean difference");
  assert.deepEqual(differences(11), once);
  assert.notDeepEqual(differences(12), once);
});

test("the bootstrap's p is twice the smaller tail, never 0 and never over 1", () => {
  assertClose(bootstrapP(Float64Array.from({ length: 999 }, () => 0.3)), 0.002, 1e-12, "all above zero");
  assertClose(bootstrapP(Float64Array.from([-1, 1, 1, 1, 1, 1, 1, 1, 1])), 0.4, 1e-12, "one of nine below");
  assert.equal(bootstrapP(new Float64Array(50)), 1);
});
