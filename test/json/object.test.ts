/** Places of JSON errors, counted by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJsonObject } from "../../src/json/object.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { random } from "../files/temporary.ts";

test("the first wrong character is named by line and column", () => {
  const cases: [string, string][] = [
    ["", "line 1, column 1: the text ends too early"],
    ["{", "line 1, column 2: the text ends too early"],
    ['{"a": 1,}', 'line 1, column 9: unexpected "}"'],
    ['{"a" 1}', 'line 1, column 6: unexpected "1"'],
    ['{"a": [1, 2}', 'line 1, column 12: unexpected "}"'],
    ['{"a": [,]}', 'line 1, column 8: unexpected ","'],
    ['{"a": 01}', 'line 1, column 8: unexpected "1"'],
    ['{"a": NaN}', 'line 1, column 7: unexpected "N"'],
    ["{'a': 1}", 'line 1, column 2: unexpected "\'"'],
    ['{\n  "a": {},\r\n  "b": [1\n  "c": 2\n}', `line 4, column 3: unexpected '"': a comma or "]"`],
    ['{"a": "x\ny"}', "line 1, column 9: a string may not hold this control character; write \\n"],
    ['{"a": "\\q"}', "line 1, column 8: this is no escape that JSON knows"],
    ['{"a": 1} x', "line 1, column 10: there is more text after the end"],
    ['{"a": 1}}', "line 1, column 9: there is more text after the end"],
    ['{"a": 1 /* no */}', 'line 1, column 9: unexpected "/"'],
    ['{"a": "é\u007f\u{1f600}", 😀}', 'line 1, column 15: unexpected "😀"'],
  ];
  for (const [text, expected] of cases) {
    assert.throws(
      () => parseJsonObject(text, "f.json", "recipe-invalid"),
      (error) => {
        assert.ok(error instanceof TunesmithError);
        assert.equal(error.code, "recipe-invalid");
        assert.ok(
          error.message.startsWith(`f.json is not valid JSON at ${expected}`),
          `${text}: ${error.message}`,
        );
        return true;
      },
    );
  }
});

test("a long string that does not end is found at once", () => {
  const start = performance.now();
  const text = `{"a": "${"x".repeat(1_000_000)}`;
  assert.throws(() => parseJsonObject(text, "f", "internal"), {
    message: /line 1, column 7: this string is not closed/,
  });
  assert.ok(performance.now() - start < 1000);
});

test("a byte order mark is skipped; anything but an object is refused", () => {
  assert.deepEqual(parseJsonObject('\ufeff{"a": 1}', "f", "internal"), { a: 1 });
  for (const [text, kind] of [
    ["[]", "an array"],
    ["null", "null"],
    ["3", "a number"],
    ['"x"', "a string"],
  ] as const) {
    assert.throws(() => parseJsonObject(text, "f", "adapter-invalid", "Mend it."), {
      code: "adapter-invalid",
      message: `f holds ${kind}, not an object`,
      hint: "Mend it.",
    });
  }
});

test("a character changed anywhere is never blamed on the text before the token that holds it", () => {
  const whole = JSON.stringify({ a: [1, -2.5e3, true, null, "x\\y\n"], b: { c: {}, d: [] } }, null, 1);
  const tokens = [...whole.matchAll(/"(?:\\.|[^"\\])*"|[-\w.]+|[[\]{}:,]/g)].map((match) => match.index);
  const next = random(5);
  let wrong = 0;
  for (let i = 0; i < 500; i++) {
    const at = Math.floor(next() * whole.length);
    const text = whole.slice(0, at) + '{}[],:"x1 '[Math.floor(next() * 10)]! + whole.slice(at + 1);
    try {
      parseJsonObject(text, "f", "internal");
    } catch (error) {
      assert.ok(error instanceof TunesmithError);
      const [line, column] = /line (\d+), column (\d+)/.exec(error.message)!.slice(1).map(Number);
      const lines = text.split("\n").slice(0, line! - 1);
      const place = lines.reduce((sum, { length }) => sum + length + 1, 0) + column! - 1;
      const token = tokens.findLast((start) => start <= at)!;
      assert.ok(place >= token && place <= text.length, `${place} for a change at ${at} of ${text}`);
      wrong++;
    }
  }
  assert.ok(wrong > 300, `${wrong}`);
});
