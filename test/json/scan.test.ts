// The scanner against JSON.parse, which decides what is JSON, and against places found by hand.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { scanJson } from "../../src/json/scan.ts";

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
    ["{", 1, /ends too early: a key in double quotes or "}" is expected/],
    ["[1, ]", 4, /unexpected "\]": a value is expected/],
    ["[", 1, /ends too early: a value or "\]" is expected/],
    ["[,]", 1, /unexpected ",": a value or "\]" is expected/],
    ['{"a": 1,}', 8, /unexpected "}": a key in double quotes is expected/],
    ["{'a': 1}", 1, /unexpected "'": a key in double quotes/],
    ['{"a" 1}', 5, /":" is expected after the key/],
    ['{"a": 1 "b": 2}', 8, /^unexpected '"': a comma or "}" is expected/],
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
      assert.match(fault.message, says);
    });
  }

  test("is found in a string of ten million characters, and under a million brackets", () => {
    assert.equal(scanJson(`"${"a".repeat(1e7)}`)?.offset, 0);
    assert.equal(scanJson("[".repeat(1e6))?.offset, 512);
    assert.equal(scanJson("[".repeat(512) + "]".repeat(512)), undefined);
  });

  test("is found at the end of fifty million characters, in time that grows as the text does", () => {
    const record = `{"a": "${"word ".repeat(5)}\\n", "b": [1.5e3, true, {"c": null}]},`;
    const seconds = (size: number) => {
      const text = `[${record.repeat(size / record.length)} oops]`;
      const start = performance.now();
      assert.equal(scanJson(text)?.offset, text.length - 5);
      return (performance.now() - start) / 1000;
    };
    seconds(1e6);
    const short = seconds(5e6);
    const long = seconds(5e7);
    assert.ok(long < 40 * short && long < 60, `${short} s and ${long} s`);
  });
});

test("values are visited with their places, members with their keys", () => {
  const text = '{"a": [1, {"b": "c"}], "d": {}}';
  const entered: unknown[] = [];
  const left: unknown[] = [];
  scanJson(text, {
    enter: (path, start, key) => entered.push([path.join("."), text[start], key && text.slice(key, key + 3)]),
    leave: (path, start, end) => left.push([[...path], text.slice(start, end)]),
  });
  assert.deepEqual(left, [
    [["a", 0], "1"],
    [["a", 1, "b"], '"c"'],
    [["a", 1], '{"b": "c"}'],
    [["a"], '[1, {"b": "c"}]'],
    [["d"], "{}"],
    [[], text],
  ]);
  assert.deepEqual(entered, [
    ["", "{", undefined],
    ["a", "[", '"a"'],
    ["a.0", "1", undefined],
    ["a.1", "{", undefined],
    ["a.1.b", '"', '"b"'],
    ["d", "{", '"d"'],
  ]);
});
