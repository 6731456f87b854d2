// The scanner against JSON.parse, which decides what is JSON, and against places found by hand.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { lineAndColumn, scanJson } from "../../src/data/json-scan.ts";

const valid = [
  "0",
  "-0.5e+10",
  '""',
  '"\\u00e9\\n\\"\\/"',
  "true",
  " null ",
  "[]",
  "{}",
  "[1, [2, {}], 3]\n",
  '{"a": {"b": [true, false, null]}, "a": 1, "": -1}',
  "\t[\r\n]",
  '"\u2028 \ud800 \u007f"',
  '{"__proto__": []}',
];

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test("accepts what JSON.parse accepts, and refuses what it refuses, over single-character edits", () => {
  let refused = 0;
  for (const text of valid) {
    assert.equal(scanJson(text), undefined, text);
    for (let at = 0; at <= text.length; at++) {
      for (const edit of [
        "",
        '"',
        "{",
        "]",
        ",",
        ":",
        "1",
        "-",
        ".",
        "e",
        "\\",
        " ",
        "\n",
        "\u0000",
        "\u001f",
        "t",
        "\ufeff",
      ]) {
        for (const changed of [
          text.slice(0, at) + edit + text.slice(at),
          text.slice(0, at) + edit + text.slice(at + 1),
        ]) {
          assert.equal(scanJson(changed) === undefined, parses(changed), JSON.stringify(changed));
          if (!parses(changed)) refused++;
        }
      }
    }
  }
  assert.ok(refused > 1000);
});

describe("the first wrong character", () => {
  const faults: [text: string, offset: number, says: RegExp][] = [
    ["", 0, /ends too early: a value/],
    ["{", 1, /ends too early: a key in double quotes/],
    ["[1, ]", 4, /unexpected "\]": a value/],
    ['{"a": 1,}', 8, /unexpected "}": a key/],
    ["{'a': 1}", 1, /unexpected "'": a key in double quotes/],
    ['{"a" 1}', 5, /":" is expected after the key/],
    ['{"a": 1 "b": 2}', 8, /a comma or "}"/],
    ["[1 2]", 3, /a comma or "\]"/],
    ["[1", 2, /ends too early: a comma or "\]"/],
    ['{"a": "b', 6, /not closed/],
    ['{"a": "b\nc"}', 8, /control character; write \\n/],
    ['"\\x"', 1, /no escape/],
    ['"\\u12"', 1, /no escape/],
    ["[NaN]", 1, /unexpected "N": a value/],
    ["[01]", 2, /a comma/],
    ["{}{}", 2, /more text after/],
    ["😀", 0, /unexpected "😀"/],
    ["[".repeat(513), 512, /deeper than 512/],
  ];
  for (const [text, offset, says] of faults) {
    test(`of ${JSON.stringify(text.slice(0, 20))}`, () => {
      const fault = scanJson(text);
      assert.equal(fault?.offset, offset);
      assert.match(fault.problem, says);
    });
  }

  test("is found in a string of ten million characters, and under a million brackets", () => {
    assert.equal(scanJson(`"${"a".repeat(1e7)}`)?.offset, 0);
    assert.equal(scanJson("[".repeat(1e6))?.offset, 512);
  });
});

test("values are visited with their places, members with their keys", () => {
  const text = '{"a": [1, {"b": "c"}], "d": {}}';
  const seen: unknown[] = [];
  scanJson(text, ({ depth, start, end, key }) => seen.push([depth, text.slice(start, end), key]));
  assert.deepEqual(seen, [
    [2, "1", undefined],
    [3, '"c"', "b"],
    [2, '{"b": "c"}', undefined],
    [1, '[1, {"b": "c"}]', "a"],
    [1, "{}", "d"],
    [0, text, undefined],
  ]);
});

test("lines and columns count from 1", () => {
  const text = "ab\ncd\r\n\nx";
  const places = [0, 2, 3, 7, 8].map((offset) => lineAndColumn(text, offset));
  assert.deepEqual(
    places.map(({ line, column }) => [line, column]),
    [
      [1, 1],
      [1, 3],
      [2, 1],
      [3, 1],
      [4, 1],
    ],
  );
});
