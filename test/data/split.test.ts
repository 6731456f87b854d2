// Dividing rows: properties that hold for any seed.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { asQuestion } from "../../src/data/question.ts";
import { findOverlap, labelsOf, type Split, splitRows } from "../../src/data/split.ts";
import type { Row } from "../../src/text/conversation.ts";

function pair(question: string, answer: string): Row {
  return {
    kind: "chat",
    messages: [
      { role: "user", content: question },
      { role: "assistant", content: answer },
    ],
  };
}
const distinct = (count: number) =>
  Array.from({ length: count }, (_, i) => pair(`question ${i}`, `answer ${i}`));
const parts = ({ train, validation, test }: Split) => [train, validation, test];
const sizes = (split: Split) => parts(split).map((part) => part.length);

describe("splitRows", () => {
  test("puts every row into exactly one part, in order", () => {
    for (let seed = 0; seed < 20; seed++) {
      const split = splitRows(distinct(101), { validation: 0.1, test: 0.2, seed });
      assert.deepEqual(sizes(split), [71, 10, 20]);
      assert.deepEqual(
        parts(split)
          .flat()
          .sort((a, b) => a - b),
        Array.from({ length: 101 }, (_, i) => i),
      );
      for (const part of parts(split))
        assert.deepEqual(
          part,
          [...part].sort((a, b) => a - b),
        );
    }
  });

  test("takes shares below 1 and numbers of rows from 1 on", () => {
    const rows = distinct(50);
    assert.deepEqual(sizes(splitRows(rows, { validation: 7, test: 0, seed: 1 })), [43, 7, 0]);
    assert.deepEqual(sizes(splitRows(rows, { validation: 0, test: 1, seed: 1 })), [49, 0, 1]);
    assert.deepEqual(sizes(splitRows(rows, { validation: 0, test: 0, seed: 1 })), [50, 0, 0]);
  });

  test("leaves training something, however much is asked for", () => {
    assert.deepEqual(sizes(splitRows(distinct(3), { validation: 100, test: 0.9, seed: 1 })), [1, 0, 2]);
    assert.deepEqual(sizes(splitRows(distinct(1), { validation: 0.5, test: 0.5, seed: 1 })), [1, 0, 0]);
    assert.deepEqual(sizes(splitRows([], { validation: 0.5, test: 0.5, seed: 1 })), [0, 0, 0]);
  });

  test("is the same for the same rows and seed, whatever their order, and another for another seed", () => {
    const rows = distinct(60);
    const request = { validation: 0.2, test: 0.2, seed: 5 };
    const heldOut = (rows: Row[], seed: number) => {
      const split = splitRows(rows, { ...request, seed });
      return split.test.map((i) => asQuestion(rows[i]!)!.reference).sort();
    };
    assert.deepEqual(heldOut(rows, 5), heldOut([...rows], 5));
    assert.deepEqual(heldOut(rows, 5), heldOut([...rows].reverse(), 5));
    assert.notDeepEqual(heldOut(rows, 5), heldOut(rows, 6));
  });

  test("moves few rows when some are added", () => {
    const before = new Set(splitRows(distinct(200), { validation: 0, test: 0.2, seed: 3 }).test);
    const after = splitRows(distinct(210), { validation: 0, test: 0.2, seed: 3 }).test;
    assert.ok(after.filter((i) => before.has(i)).length >= 32, "of 40");
  });

  test("keeps rows with one question on one side, differing in case, blanks, width or accents' spelling", () => {
    const spellings = [
      "caf\u00e9 au lait",
      "CAFE\u0301 au  lait",
      " cafe\u0301\nau lait ",
      "ｃａｆé au lait",
    ];
    const rows = Array.from({ length: 80 }, (_, i) =>
      pair(`${spellings[i % 4]} ${Math.floor(i / 4)}`, `answer ${i}`),
    );
    for (let seed = 0; seed < 10; seed++) {
      const split = splitRows(rows, { validation: 0.25, test: 0.25, seed });
      assert.deepEqual(sizes(split), [40, 20, 20]);
      assert.equal(split.duplicates, 60);
      for (const part of parts(split)) {
        for (const i of part) assert.ok(part.includes(i - (i % 4)) && part.includes(i - (i % 4) + 3));
      }
    }
  });

  test("a group too large for its part stays in training; smaller ones take its place", () => {
    const rows = [...Array.from({ length: 30 }, () => pair("same", "x")), ...distinct(70)];
    for (let seed = 0; seed < 10; seed++) {
      const split = splitRows(rows, { validation: 0, test: 0.1, seed });
      assert.equal(split.test.length, 10);
      assert.ok(split.test.every((i) => i >= 30));
    }
  });

  test("gives each part its share of every label", () => {
    const labels = ["a", "b", "c", "d"];
    const rows = Array.from({ length: 400 }, (_, i) =>
      pair(`question ${i}`, labels[i < 200 ? 0 : i < 320 ? 1 : i < 380 ? 2 : 3]!),
    );
    for (let seed = 0; seed < 10; seed++) {
      const split = splitRows(rows, { validation: 0.1, test: 0.1, seed });
      for (const part of [split.validation, split.test]) {
        const counts = labels.map(
          (label) => part.filter((i) => asQuestion(rows[i]!)!.reference === label).length,
        );
        for (const [i, expected] of [20, 12, 6, 2].entries()) {
          assert.ok(Math.abs(counts[i]! - expected) <= 1, `seed ${seed}: ${counts}`);
        }
      }
    }
  });

  test("draws a rare label as often as a common one, over many seeds", () => {
    const rows = Array.from({ length: 99 }, (_, i) => pair(`question ${i}`, i < 3 ? "rare" : "common"));
    let drawn = 0;
    for (let seed = 0; seed < 200; seed++) {
      drawn += splitRows(rows, { validation: 0, test: 0.1, seed }).test.filter((i) => i < 3).length;
    }
    // 3 rows, a tenth of them, 200 times: 60, with a standard deviation of less than 8.
    assert.ok(drawn > 36 && drawn < 84, `${drawn}`);
  });
});

test("labels are answers that recur; texts and conversations of their own are none", () => {
  assert.deepEqual(labelsOf([pair("1", "x"), pair("2", " x"), pair("3", "x")]), ["x", "x", "x"]);
  assert.equal(labelsOf(distinct(9)), undefined);
  assert.equal(
    labelsOf([
      { kind: "text", text: "x" },
      { kind: "text", text: "x" },
      { kind: "text", text: "x" },
    ]),
    undefined,
  );
});

test("findOverlap names held-out rows whose question training has, with the first such row", () => {
  const train = [pair("A b", "1"), pair("c", "2"), pair("a  B ", "3")];
  const overlap = findOverlap(train, [pair("x", "1"), pair("a b", "9"), pair("C", "2")]);
  assert.deepEqual(overlap, [
    { index: 1, trainIndex: 0 },
    { index: 2, trainIndex: 1 },
  ]);
});

describe("asQuestion", () => {
  const user = { role: "user", content: "a" };
  test("is the conversation before its last answer, and that answer", () => {
    const first = { role: "assistant", content: "b" };
    assert.deepEqual(
      asQuestion({
        kind: "chat",
        messages: [user, first, user, { role: "assistant", content: "c" }],
        tools: [1],
      }),
      {
        messages: [user, first, user],
        tools: [1],
        reference: "c",
      },
    );
  });

  test("is none of a text, of a conversation no one answers, or one that only calls tools", () => {
    assert.equal(asQuestion({ kind: "text", text: "a" }), undefined);
    assert.equal(asQuestion({ kind: "chat", messages: [user] }), undefined);
    assert.equal(asQuestion({ kind: "chat", messages: [{ role: "assistant", content: "b" }] }), undefined);
    assert.equal(
      asQuestion({ kind: "chat", messages: [user, { role: "assistant", content: "", tool_calls: [{}] }] }),
      undefined,
    );
  });
});
