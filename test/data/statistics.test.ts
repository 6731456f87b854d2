/** What a dataset is like, in numbers: counted by hand. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LintDocument } from "../../src/data/lint/document.ts";
import { type Histogram, histogram, statisticsOf } from "../../src/data/statistics.ts";
import { Random } from "../../src/random/random.ts";

function digests(...records: unknown[]) {
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join("");
  const document = new LintDocument("train.jsonl", text, { target: "tunesmith", rules: {} }, []);
  document.checkAll();
  return document.entries.flatMap(({ digest }) => (digest ? [digest] : []));
}
const pair = (text: string, label: string) => ({ text, label });
const bins = ({ bins: all }: Histogram) => all.map(({ from, to, count }) => [from, to, count]);

describe("statistics", () => {
  it("count rows, labels, duplicates and conflicts", () => {
    const found = statisticsOf(
      digests(
        pair("a", "x"),
        pair("A ", "x"),
        pair("a", "y"),
        pair("b", "x"),
        pair("c", "y"),
        pair("d", "x"),
        { text: 5, label: [] },
      ),
    );
    assert.deepEqual([found.rows, found.learnable], [7, 6]);
    assert.deepEqual(found.labels, [
      { value: "x", rows: 4 },
      { value: "y", rows: 2 },
    ]);
    assert.deepEqual(found.duplicates, { rows: 1, prompts: 2, conflicting: 1 });
    assert.deepEqual(bins(found.turns), [[2, 3, 6]]);
    assert.equal(found.tokens, undefined);
    assert.deepEqual(found, JSON.parse(JSON.stringify(found)), "plain data");
  });

  it("see labels only where answers repeat", () => {
    const answers = Array.from({ length: 9 }, (_, i) => pair(`t${i}`, `l${i % 4}`));
    assert.equal(statisticsOf(digests(...answers)).labels, undefined);
    assert.equal(
      statisticsOf(digests(...answers, pair("u", "l0"), pair("v", "l0"), pair("w", "l0"))).labels?.length,
      4,
    );
  });

  it("take set phrases for no labels, but few sentences, and many names", () => {
    const named = (count: number, name: (i: number) => string) =>
      statisticsOf(digests(...Array.from({ length: 4 * count }, (_, i) => pair(`t${i}`, name(i % count)))))
        .labels?.length;
    assert.equal(
      named(30, (i) => `Your order no. ${i} is on its way.`),
      undefined,
    );
    assert.equal(
      named(3, (i) => `The sentence is of kind ${i}.`),
      3,
    );
    assert.equal(
      named(30, (i) => `card payment ${i}`),
      30,
    );
    assert.equal(
      named(30, (i) => `["card ${i}"]`),
      undefined,
      "structures",
    );
  });

  it("count rows that cannot be read among the rows", () => {
    const { rows, unreadable, learnable } = statisticsOf(
      digests(pair("a", "x"), pair("b", "y")),
      undefined,
      3,
    );
    assert.deepEqual([rows, unreadable, learnable], [5, 3, 2]);
  });

  it("take tokens from beside, or from the digests", () => {
    const all = digests(pair("a", "x"), pair("b", "y"));
    const beside = statisticsOf(all, [{ prompt: 10, answer: 2 }, undefined]);
    assert.deepEqual(beside.tokens!.row.count, 1);
    assert.equal(beside.tokens!.row.total, 12);
    const inside = statisticsOf(all.map((digest) => ({ ...digest, promptTokens: 3, answerTokens: 4 })));
    assert.deepEqual([inside.tokens!.prompt.mean, inside.tokens!.row.most], [3, 7]);
  });

  it("list system messages, cut", () => {
    const chat = (system: string) => ({
      messages: [
        { role: "system", content: system },
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
      ],
    });
    const { systems } = statisticsOf(digests(chat("S"), chat("S"), chat("x".repeat(300))));
    assert.deepEqual(systems, [
      { value: "S", rows: 2 },
      { value: "x".repeat(200), rows: 1 },
    ]);
  });
});

describe("a histogram", () => {
  it("has one bin a number where they are few", () => {
    assert.deepEqual(bins(histogram([3, 1, 3])), [
      [1, 2, 1],
      [2, 3, 0],
      [3, 4, 2],
    ]);
    assert.deepEqual(histogram([]), {
      count: 0,
      total: 0,
      least: 0,
      most: 0,
      mean: 0,
      median: 0,
      p5: 0,
      p95: 0,
      bins: [],
    });
  });

  it("does not let one long row flatten all others", () => {
    const values = [...Array.from({ length: 199 }, (_, i) => i % 50), 1_000_000];
    const { bins: all, most } = histogram(values);
    assert.ok(all.filter(({ count }) => count > 0).length >= 10);
    assert.deepEqual([most, all.at(-1)!.to], [1_000_000, 1_000_001]);
  });

  it("counts every value once, in bins of a round width", () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = new Random(seed);
      const reach = 10 ** (1 + random.integer(6));
      const values = Array.from({ length: 1 + random.integer(400) }, () => random.integer(reach));
      const { bins: all, least, most, median, p5, p95, count } = histogram(values);
      assert.equal(
        all.reduce((sum, bin) => sum + bin.count, 0),
        values.length,
      );
      for (const { from, to, count: inside } of all) {
        assert.equal(inside, values.filter((value) => value >= from && value < to).length);
      }
      for (const [i, bin] of all.entries()) if (i > 0) assert.equal(bin.from, all[i - 1]!.to);
      assert.ok(all.length <= 25, `${all.length} bins`);
      assert.match(String(all[0]!.to - all[0]!.from), all.length > 1 ? /^[125]0*$/ : /./);
      const sorted = [...values].sort((a, b) => a - b);
      assert.deepEqual([least, most, count], [sorted[0], sorted.at(-1), values.length]);
      assert.ok(p5 <= median && median <= p95);
      assert.ok(values.filter((value) => value <= median).length * 2 >= values.length);
    }
  });
});
