/** Of more problems than an editor lists, each rule gets its share, and what is not listed is counted. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Rule, Severity } from "../../src/data/rules/rule.ts";
import { withinLimit } from "../../src/linter/finding.ts";
import { Random } from "../../src/random/random.ts";

const problemsOf = (counts: Record<string, [Severity, number]>) =>
  Object.entries(counts).flatMap(([id, [severity, count]]) => {
    const rule = { id } as Rule;
    return Array.from({ length: count }, () => ({ rule, severity }));
  });
const tally = (kept: ReturnType<typeof withinLimit>) => {
  const counts: Record<string, [shown: number, more: number]> = {};
  for (const { problem, more } of kept) {
    const [shown, hidden] = counts[problem.rule.id] ?? [0, 0];
    counts[problem.rule.id] = [shown + 1, hidden + more];
  }
  return counts;
};

describe("the limit of what is listed", () => {
  it("changes nothing where all fit", () => {
    const problems = problemsOf({ a: ["error", 3], b: ["info", 2] });
    assert.deepEqual(
      withinLimit(problems, 5),
      problems.map((problem) => ({ problem, more: 0 })),
    );
  });

  it("hides no rule behind another, and counts what it hides", () => {
    const problems = problemsOf({ noise: ["info", 5000], errors: ["error", 3], more: ["warning", 600] });
    assert.deepEqual(tally(withinLimit(problems, 100)), {
      noise: [49, 4951],
      errors: [3, 0],
      more: [48, 552],
    });
  });

  it("lists errors rather than notes of other rules", () => {
    const problems = problemsOf({ note: ["info", 400], error: ["error", 400] });
    const { note, error } = tally(withinLimit(problems, 101));
    assert.ok(error![0] >= note![0]);
  });

  it("keeps the order, stays within the limit and loses nothing, whatever comes", () => {
    const random = new Random(5);
    for (let round = 0; round < 200; round++) {
      const kinds = 1 + random.integer(8);
      const counts = Object.fromEntries(
        Array.from({ length: kinds }, (_, i): [string, [Severity, number]] => [
          `r${i}`,
          [(["error", "warning", "info"] as const)[random.integer(3)]!, 1 + random.integer(60)],
        ]),
      );
      const problems = problemsOf(counts);
      const limit = kinds + random.integer(80);
      const kept = withinLimit(problems, limit);
      assert.ok(kept.length <= limit || problems.length <= limit);
      const found = tally(kept);
      for (const [id, [, count]] of Object.entries(counts)) {
        assert.equal(found[id]![0] + found[id]![1], count, `round ${round}: ${id}`);
      }
      const order = kept.map(({ problem }) => problems.indexOf(problem));
      assert.deepEqual(
        order,
        [...order].sort((a, b) => a - b),
      );
    }
  });
});
