/**
 * Every lint rule by its own examples: bad ones are found at exactly the marked places, fixing makes the problem go
 * and no other come, and good ones are left alone.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { rules } from "../../src/data/rules/index.ts";
import { documentOf, fixedText, kinds, othersOf, stretches, unmarked } from "./examples.ts";

const inOneStep = rules.filter(({ on }) => on === "record" || on === "file" || on === "set");

describe("lint rules", () => {
  it("have ids of their own, in kebab case", () => {
    const ids = rules.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[a-z]+(-[a-z0-9]+)*$/);
  });

  for (const rule of inOneStep) {
    describe(rule.id, () => {
      it("has examples", () => {
        assert.ok(rule.bad.length > 0);
        assert.ok(rule.good.length > 0);
      });

      for (const [i, example] of rule.bad.entries()) {
        it(`finds bad example ${i + 1} at the marked places`, () => {
          const { text, marks } = unmarked(example.text);
          assert.ok(marks.length > 0, "the example marks where");
          const document = documentOf(example, rule, text);
          assert.deepEqual(stretches(document, rule, othersOf(example)), marks);
        });

        it(`mends bad example ${i + 1}, or says that it cannot`, () => {
          const { text } = unmarked(example.text);
          const document = documentOf(example, rule, text);
          const others = othersOf(example);
          const fixed = fixedText(document, rule, others);
          assert.equal(fixed, example.fixed ?? text);
          if (example.fixed === undefined) return;
          const after = documentOf(example, rule, fixed);
          const before = kinds(document, others);
          assert.deepEqual(stretches(after, rule, others), [], "it is gone");
          assert.deepEqual(
            kinds(after, others).filter((id) => !before.includes(id)),
            [],
            "nothing else came",
          );
          assert.equal(fixedText(after, rule, others), fixed, "fixing again changes nothing");
        });
      }

      for (const [i, example] of rule.good.entries()) {
        it(`leaves good example ${i + 1} alone`, () => {
          assert.deepEqual(unmarked(example.text).marks, []);
          const document = documentOf(example, rule, example.text);
          assert.deepEqual(stretches(document, rule, othersOf(example)), []);
        });
      }
    });
  }
});
