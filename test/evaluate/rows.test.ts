/** Finding rows: filters, the search that no pattern can hang, and what differs from the reference. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { filteredRows, judgedRows, rowFilters, sidesOf } from "../../src/evaluate/row-filters.ts";
import { searchFor, type Wanted } from "../../src/evaluate/row-search.ts";
import { summarise } from "../../src/evaluate/summarise.ts";
import { wordDiff } from "../../src/evaluate/word-diff.ts";
import { Random } from "../../src/random/random.ts";
import { hostileTexts, recordOf, sampleRecord } from "./sample.ts";

const quick = { resamples: 50 };
const short = { id: "short-answer" as const, labels: [], reason: "" };
const kept = (record: Parameters<typeof summarise>[0]) => {
  const comparison = summarise(record, quick);
  return Object.fromEntries(
    filteredRows(judgedRows(comparison), sidesOf(comparison)).map(({ id, rows }) => [id, rows]),
  );
};

test("filters keep the rows they name", () => {
  const record = recordOf(short, ["x", "x", "x", "x"], {
    prompting: ["x", "no", "X!", "y"],
    tuned: ["x", "x", "no", "z"],
    other: ["x", "x", "x", "no"],
  });
  assert.deepEqual(kept(record), { all: [0, 1, 2, 3], differ: [1, 2], wins: [1], loses: [2], fail: [3] });
});

test("where answers are neither right nor wrong, texts differ, scores win, and nothing fails", () => {
  const record = recordOf(
    { id: "long-text", labels: [], reason: "" },
    ["one two three", "four five", "six"],
    {
      prompting: ["one two", "four five", "v"],
      tuned: ["one two three", "four five", "w"],
    },
  );
  assert.deepEqual(kept(record), { all: [0, 1, 2], differ: [0, 2], wins: [0], loses: [] });
});

test("filters have names, and rows without scores do not break them", () => {
  assert.equal(new Set(rowFilters.map(({ id }) => id)).size, rowFilters.length);
  const comparison = summarise(sampleRecord({ rows: 8 }), quick);
  const rows = judgedRows({ ...comparison, scores: {} });
  assert.deepEqual(rows[3]!.scores["zero-shot"], null);
  for (const { keeps } of rowFilters) for (const row of rows) keeps(row, sidesOf(comparison));
  assert.deepEqual(judgedRows(comparison, 2, 4), judgedRows(comparison).slice(2, 4));
});

const rowWith = (text: string) => ({ id: "a:1", question: "q", reference: "r", outputs: { way: text } });
function found(wanted: Wanted, text: string): boolean {
  const search = searchFor(wanted);
  assert.ok("matches" in search, JSON.stringify(search));
  return search.matches(rowWith(text));
}

test("a text is searched as it is, in every text of a row", () => {
  assert.ok(found({ text: " REFUND " }, "my refund?"));
  assert.ok(!found({ text: "REFUND", matchCase: true }, "my refund?"));
  assert.ok(found({ text: "a.c(" }, "xa.c(y") && !found({ text: "a.c(" }, "abc("));
  assert.ok(found({ text: "" }, ""));
  for (const text of ["a:1", "q", "r"]) assert.ok(found({ text }, "…"));
  const search = searchFor({ text: "odd" });
  assert.ok("matches" in search && search.matches({ ...rowWith(""), note: { text: "Odd one" } }));
});

test("patterns work as people write them", () => {
  const regex = true;
  assert.ok(found({ text: "^b.+g$", regex }, "first\nBilling\nlast"));
  assert.ok(!found({ text: "^b.+g$", regex, matchCase: true }, "Billing"));
  assert.ok(found({ text: String.raw`\d{3}-\d\d`, regex }, "call 555-12"));
  assert.ok(found({ text: String.raw`(?<word>\w+) \p{L}+é`, regex }, "un café"));
  assert.ok(found({ text: String.raw`\u00e9`, regex }, "café"));
});

test("a pattern that cannot be used gives a sentence, not an exception", () => {
  const problem = (text: string) => {
    const search = searchFor({ text, regex: true });
    assert.ok("problem" in search, text);
    return search.problem;
  };
  assert.match(problem("(a"), /^This is no regular expression: missing closing \)/);
  assert.match(problem("*"), /missing argument to repetition operator/);
  assert.match(problem("(?<=a)b"), /Lookahead and lookbehind are not available/);
  assert.match(problem("a(?!b)"), /Lookahead/);
  assert.match(problem(String.raw`(a)\1`), /Back-references/);
  // Would be expanded to a million parts.
  assert.match(problem("((a{100}){100}){100}"), /repe/);
});

test("patterns that hang a backtracking engine do not hang the search", () => {
  const text = `${"a".repeat(20_000)}!`;
  for (const pattern of [
    "(a+)+$",
    "^(a|a)*$",
    "(a|aa)+$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(.*)*x",
    ".*.*.*.*=x",
  ])
    assert.equal(found({ text: pattern, regex: true, matchCase: true }, text), false, pattern);
});

test("hostile texts are searched and taken apart like any other", () => {
  for (const text of hostileTexts) {
    found({ text: "z", regex: true }, text);
    assert.ok(found({ text }, `before ${text} after`));
  }
});

const spans = (reference: string, output: string) =>
  wordDiff(reference, output).map(
    ({ kind, text }) => `${{ equal: "=", missing: "-", added: "+" }[kind]}${text}`,
  );

test("words that are missing or added are marked, changes side by side as one", () => {
  assert.deepEqual(spans("the red fox ran", "the fox ran off"), ["=the ", "-red ", "=fox ran", "+ off"]);
  assert.deepEqual(spans("a b c", "a x y c"), ["=a ", "-b ", "+x y ", "=c"]);
  assert.deepEqual(spans("one two three", "uno dos three"), ["-one two", "+uno dos", "= three"]);
  assert.deepEqual(spans("same", "same"), ["=same"]);
  assert.deepEqual(spans("", ""), []);
  assert.deepEqual(spans("gone", ""), ["-gone"]);
  assert.deepEqual(spans("price: 5", "price: 50"), ["=price: ", "-5", "+50"]);
  assert.deepEqual(spans("今日は雨", "今日は雪"), ["=今日は", "-雨", "+雪"]);
});

test("the spans give back both texts, however they differ", () => {
  const random = new Random("diff");
  const draw = (words: number, kinds: number, from = "w") =>
    Array.from({ length: words }, () => `${from}${random.integer(kinds)}${" \n,"[random.integer(3)]}`).join(
      "",
    );
  const pairs = hostileTexts.flatMap((text, i) => [[text, hostileTexts[(i + 3) % hostileTexts.length]!]]);
  for (let i = 0; i < 40; i++) pairs.push([draw(30, 6), draw(30, 6)]);
  // Nothing in common but the ends; and half in common.
  pairs.push([`begin ${draw(2000, 500)} end`, `begin ${draw(2000, 500, "v")} end`]);
  const long = draw(2000, 500);
  pairs.push([long, long.replace(/w(\d)\d?/g, (word, digit) => (digit > 7 ? "changed" : word))]);
  for (const [reference, output] of pairs as [string, string][]) {
    const parts = wordDiff(reference, output);
    const text = (other: string) => parts.map((part) => (part.kind === other ? "" : part.text)).join("");
    assert.equal(text("added"), reference);
    assert.equal(text("missing"), output);
    assert.ok(parts.every((part) => part.text !== ""));
  }
  const [disjoint, half] = pairs.slice(-2).map(([a, b]) => wordDiff(a!, b!));
  assert.deepEqual(
    disjoint!.map(({ kind }) => kind),
    ["equal", "missing", "added", "equal"],
  );
  assert.ok(half!.length > 100);
});
