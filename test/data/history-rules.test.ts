/** Rules about what the last run learned, by their own examples. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RowHistory } from "../../src/data/lint/history.ts";
import { checkHistory } from "../../src/data/lint/problem.ts";
import { rules } from "../../src/data/rules/index.ts";
import type { Example, Rule } from "../../src/data/rules/rule.ts";
import { documentOf, stretchesOf, unmarked } from "./examples.ts";

/** A row like most: learned early. */
const usual: RowHistory = {
  run: "first",
  confidence: 0.9,
  variability: 0.1,
  lastLoss: 0.1,
  epochs: 3,
  forgotten: 0,
  neverLearned: false,
  lossRank: 50,
  rows: 100,
  learnedRows: 90,
  medianLoss: 0.1,
};

function found(example: Example, rule: Rule, text: string) {
  const document = documentOf(example, rule, text);
  const entry = document.entries[0]!;
  const own = document.ruleSet.history.filter((active) => active.rule === rule);
  const problems = checkHistory(document.view(entry), { ...usual, ...example.history }, own, entry.id);
  return { problems, places: stretchesOf(document, problems) };
}

describe("rules about the last run", () => {
  for (const rule of rules.filter(({ on }) => on === "history")) {
    it(`${rule.id} finds its bad examples at the answer, and says why`, () => {
      assert.ok(rule.bad.length > 0);
      for (const example of rule.bad) {
        const { text, marks } = unmarked(example.text);
        const { problems, places } = found(example, rule, text);
        assert.deepEqual(places, marks);
        assert.match(problems[0]!.message, /"first".*confidence 0\.90, variability 0\.10/);
      }
    });

    it(`${rule.id} leaves its good examples alone, and a row like most`, () => {
      assert.ok(rule.good.length > 0);
      for (const example of [...rule.good, { text: rule.good[0]!.text }]) {
        assert.deepEqual(found(example, rule, example.text).places, []);
      }
    });
  }
});
