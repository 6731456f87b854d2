/** Pure parts of a dataset's pages: pieces of a row's tokens, a histogram's places, orders, labels. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Histogram, PreviewToken } from "../../src/contracts/lint.ts";
import { chunksOf, piecesOf, runsOf } from "../../webview/preview/chunks.ts";
import { histogramLayout } from "../../webview/statistics/histogram-layout.ts";
import { sorted, turned } from "../../webview/statistics/sorting.ts";

const token = (text: string, more: Partial<PreviewToken> = {}): PreviewToken => ({
  ...{ id: text.length, text, trained: false, cut: false, template: false },
  ...more,
});
const words = (count: number, text = " word") => Array.from({ length: count }, () => token(text));

describe("a row's tokens in pieces", () => {
  it("hold every token once, in order, however long the row is", () => {
    for (const tokens of [[], words(1), words(40_000), words(5000, "x"), words(3000, "a line\n")]) {
      const chunks = chunksOf(tokens);
      let at = 0;
      for (const { from, to } of chunks) {
        assert.equal(from, at);
        assert.ok(to > from && to - from <= 512, `${to - from} in one`);
        at = to;
      }
      assert.equal(at, tokens.length);
    }
  });

  it("part where the cut is, and after lines rather than in them", () => {
    const lines = Array.from({ length: 100 }, (_, at) => token(at % 10 === 9 ? "end\n" : " word"));
    const tokens = [...lines, ...words(20), ...words(20).map((each) => ({ ...each, cut: true }))];
    const chunks = chunksOf(tokens);
    assert.deepEqual(
      chunks.map(({ from }) => from),
      [0, 70, 120],
    );
    for (const { from, to } of chunks) {
      assert.equal(new Set(tokens.slice(from, to).map(({ cut }) => cut)).size, 1);
    }
  });

  it("of what an edit did not touch are known again", () => {
    const text = Array.from({ length: 4000 }, (_, at) => token(at % 8 === 7 ? `.${at}\n` : ` ${at}`));
    const edited = text.toSpliced(20, 1, token(" changed"), token(" twice"));
    const keys = new Set(chunksOf(text).map(({ key }) => key));
    const fresh = chunksOf(edited).filter(({ key }) => !keys.has(key));
    assert.ok(fresh.length <= 3, `${fresh.length} are drawn anew`);
    const trained = text.map((each) => ({ ...each, trained: true }));
    assert.ok(
      chunksOf(trained).every(({ key }) => !keys.has(key)),
      "another look is another piece",
    );
  });

  it("are parted into stretches of one fate", () => {
    const tokens = [token("a"), token("b"), token("c", { trained: true }), token("d", { template: true })];
    assert.deepEqual(runsOf(tokens, { from: 0, to: 4 }), [
      { from: 0, to: 2, trained: false, cut: false },
      { from: 2, to: 3, trained: true, cut: false },
      { from: 3, to: 4, trained: false, cut: false },
    ]);
  });

  it("mark what cannot be seen, and change no text", () => {
    const marked = (text: string) => piecesOf(text).map(({ text: own, mark }) => [own, mark]);
    assert.deepEqual(marked("word"), [["word", undefined]]);
    assert.deepEqual(marked(" a\tb\n"), [
      [" ", "·"],
      ["a", undefined],
      ["\t", "→"],
      ["b", undefined],
      ["\n", "↵"],
    ]);
    assert.deepEqual(marked("\u00a0\u202e\u200b"), [
      ["\u00a0", "U+00A0"],
      ["\u202e", "U+202E"],
      ["\u200b", "U+200B"],
    ]);
    assert.deepEqual(marked(""), [["", "∅"]]);
    // A family, and a Persian word: joiners shape what is around them.
    for (const joined of ["👨‍👩‍👧", "می‌روم"]) assert.deepEqual(marked(joined), [[joined, undefined]]);
    for (const text of ["  a  b\r\n\t c", "🙂 \u0000x"]) {
      assert.equal(
        piecesOf(text)
          .map((piece) => piece.text)
          .join(""),
        text,
      );
    }
  });
});

describe("a histogram", () => {
  const bins = [
    { from: 0, to: 10, rows: 4 },
    { from: 10, to: 20, rows: 8 },
    { from: 20, to: 30, rows: 0 },
    { from: 30, to: 500, rows: 1 },
  ];
  const histogram: Histogram = { name: "turns", bins, median: 12, p95: 400, max: 499 };
  const box = { width: 400, height: 100 };

  it("has bars as high as rows are many, none for none, and one that is seen for a single row", () => {
    const { bars, most } = histogramLayout(histogram, box);
    assert.equal(most, 8);
    assert.deepEqual(
      bars.map(({ bin, height }) => [bin, height]),
      [
        [0, 50],
        [1, 100],
        [3, 12.5],
      ],
    );
    for (const { y, height } of bars) assert.equal(y + height, 100);
    const lone = histogramLayout(
      {
        ...histogram,
        bins: [
          { ...bins[0]!, rows: 9999 },
          { ...bins[1]!, rows: 1 },
        ],
      },
      box,
    );
    assert.equal(lone.bars[1]!.height, 2);
  });

  it("marks median and 95 % inside their bins, and has ticks with room", () => {
    const { median, p95, ticks } = histogramLayout(histogram, box);
    assert.ok(median! > 100 && median! < 200 && p95! > 300 && p95! < 400, `${median} ${p95}`);
    assert.deepEqual(ticks.at(-1), { x: 400, value: 500 });
    for (const [at, { x }] of ticks.entries()) if (at > 0) assert.ok(x - ticks[at - 1]!.x >= 46);
    const narrow = histogramLayout(histogram, { width: 90, height: 100 });
    assert.ok(narrow.ticks.length <= 2);
  });

  it("of nothing is nothing", () => {
    for (const none of [[], [{ from: 0, to: 1, rows: 0 }]]) {
      assert.deepEqual(histogramLayout({ ...histogram, bins: none }, box).bars, []);
    }
  });
});

describe("the order of a table", () => {
  const rows = [{ a: 2 }, { a: undefined }, { a: 10 }, { a: 2 }];
  const a = (row: { a: number | undefined }) => row.a;

  it("keeps equal rows as they were, and puts those without a value last either way", () => {
    assert.deepEqual(sorted(rows, a, false), [0, 3, 2, 1]);
    assert.deepEqual(sorted(rows, a, true), [2, 0, 3, 1]);
  });

  it("counts numbers in texts as numbers", () => {
    assert.deepEqual(
      sorted(["row 10", "row 9", "Row 1"], (text) => text, false),
      [2, 1, 0],
    );
  });

  it("begins a column of figures with the largest, and turns with a second click", () => {
    const first = turned({ column: "label", descending: false }, "rows", true);
    assert.deepEqual(first, { column: "rows", descending: true });
    assert.deepEqual(turned(first, "rows", true), { column: "rows", descending: false });
    assert.deepEqual(turned(first, "label", false), { column: "label", descending: false });
  });

  it("of a hundred thousand rows takes well under a second", () => {
    const many = Array.from({ length: 100_000 }, (_, at) => ({ a: (at * 7919) % 100_003 }));
    const began = performance.now();
    sorted(many, a, true);
    assert.ok(performance.now() - began < 800, `${performance.now() - began} ms`);
  });
});
