/** The one generator: what its streams promise. Bounds are five standard deviations. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/random/random.ts";

const first = (...parts: (number | string)[]) => {
  const random = new Random(...parts);
  return Array.from({ length: 4 }, () => random.bits()).join();
};

test("the same parts are the same stream, and any other parts another", () => {
  assert.equal(first(7, "shots", 3), first(7, "shots", 3));
  const streams = [
    first(),
    first(0),
    first(-1),
    first(7),
    first(7, "shots"),
    first("shots", 7),
    first("7"),
    first(2 ** 32),
    first(2 ** 32 + 7),
    first("ab", "c"),
    first("a", "bc"),
    first("abc"),
    first(0, 0),
  ];
  assert.equal(new Set(streams).size, streams.length);
});

test("neighbouring seeds have nothing in common", () => {
  let ones = 0;
  for (let seed = 0; seed < 4000; seed++) {
    let differing = new Random(seed).bits() ^ new Random(seed + 1).bits();
    for (; differing !== 0; differing &= differing - 1) ones++;
  }
  assert.ok(Math.abs(ones - 64_000) < 5 * Math.sqrt(32_000), `${ones} of 128000 bits differ`);
});

test("integers are even, in any range", () => {
  const random = new Random("integers");
  for (const count of [2, 3, 10]) {
    const seen = new Array<number>(count).fill(0);
    for (let i = 0; i < 10_000 * count; i++) seen[random.integer(count)]!++;
    for (const times of seen) assert.ok(Math.abs(times - 10_000) < 500, `${seen}`);
  }
  // Three quarters of 2³²: without rejection the lower third would come twice as often.
  const wide = Array.from({ length: 20_000 }, () => random.integer(3 * 2 ** 30));
  const low = wide.filter((value) => value < 2 ** 30).length;
  assert.ok(Math.abs(low - 6667) < 335, `${low}`);
});

test("uniform and normal numbers have their moments", () => {
  const random = new Random("moments");
  const moments = (draw: () => number) => {
    const values = Array.from({ length: 40_000 }, draw);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return [mean, variance] as const;
  };
  const [middle, spread] = moments(() => random.uniform());
  assert.ok(Math.abs(middle - 0.5) < 0.0073 && Math.abs(spread - 1 / 12) < 0.002, `${middle} ${spread}`);
  const [mean, variance] = moments(() => random.normal());
  assert.ok(Math.abs(mean) < 0.025 && Math.abs(variance - 1) < 0.036, `${mean} ${variance}`);
});

test("a shuffle keeps what it shuffles, and every order comes as often", () => {
  const times = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = new Random("shuffle", i).shuffle([0, 1, 2, 3]).join("");
    times.set(order, (times.get(order) ?? 0) + 1);
  }
  assert.equal(times.size, 24);
  for (const [order, n] of times) assert.ok(Math.abs(n - 1000) < 155, `${order} came ${n} times`);
});
