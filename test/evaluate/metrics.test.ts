/** Metrics against scikit-learn, sacrebleu and rouge-score (fixtures/evaluate), and by hand. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { detectTask, scorerFor, type TaskId } from "../../src/evaluate/metrics/list.ts";
import type { LabelScore, Metric, Scorer } from "../../src/evaluate/metrics/metric.ts";
import { fold, normaliseAnswer, words } from "../../src/evaluate/metrics/words.ts";

interface Fixtures {
  labels: {
    references: string[];
    outputs: string[];
    accuracy: number;
    macroF1: number;
    perLabel: LabelScore[];
  }[];
  longText: {
    signature: string;
    pairs: { output: string; reference: string; chrF: number; rougeL?: number }[];
    corpusChrF: number;
  };
}
const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/evaluate/metrics.json", import.meta.url), "utf8"),
) as Fixtures;

const scorer = (id: TaskId, labels: string[] = []): Scorer => scorerFor({ id, labels, reason: "" });
const metricOf = (of: Scorer, id: string): Metric => of.metrics.find((metric) => metric.id === id)!;
const rowScore = (of: Scorer, id: string, output: string, reference: string): number => {
  const metric = metricOf(of, id);
  return metric.rowScore!(metric.measure(output, reference));
};
const corpusScore = (of: Scorer, id: string, outputs: string[], references: string[]): number => {
  const metric = metricOf(of, id);
  return metric.score(outputs.map((output, row) => metric.measure(output, references[row]!)));
};

function assertClose(actual: number, expected: number, what: string, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected}`);
}

test("labels: accuracy, macro-F1 and each label's scores are scikit-learn's", () => {
  for (const { references, outputs, accuracy, macroF1, perLabel } of fixtures.labels) {
    const labels = scorer("labels", references);
    assertClose(corpusScore(labels, "accuracy", outputs, references), accuracy, "accuracy");
    assertClose(corpusScore(labels, "macro-f1", outputs, references), macroF1, "macro-F1");
    const breakdown = labels.breakdown!(outputs, references);
    assert.equal(breakdown.kind, "confusion");
    if (breakdown.kind !== "confusion") return;
    breakdown.perLabel.forEach((label, i) => {
      assert.equal(label.label, perLabel[i]!.label);
      assert.equal(label.rows, perLabel[i]!.rows);
      assertClose(label.precision, perLabel[i]!.precision, "precision");
      assertClose(label.recall, perLabel[i]!.recall, "recall");
      assertClose(label.f1, perLabel[i]!.f1, "F1");
    });
  }
});

test("labels: an output counts as a label in any case, spacing and outer punctuation, and else as other", () => {
  const known = ["Positive", "negative", "C", "C++", "two words"];
  const labels = scorer("labels", known);
  const right = (output: string, reference: string) => rowScore(labels, "accuracy", output, reference) === 1;
  assert.ok(right(" positive\n", "Positive"));
  assert.ok(right("**Positive.**", "Positive"));
  assert.ok(right("ＮＥＧＡＴＩＶＥ", "negative"));
  assert.ok(right("two\u00a0 words", "two words"));
  assert.ok(right("c++", "C++"));
  assert.ok(right("c", "C"));
  assert.ok(!right("c++", "C"));
  assert.ok(
    !right("c!", "C") && !right("c!", "C++"),
    "c! could be C or C++ without its punctuation: neither",
  );
  assert.ok(!right("positive or negative", "Positive"));
  assert.ok(!right("", "Positive"));
});

test("labels: the confusion matrix has references as rows and a last column for other outputs", () => {
  const labels = scorer("labels", ["a", "b", "b"]);
  const breakdown = labels.breakdown!(["a", "b", "zebra", "a"], ["a", "a", "b", "b"]);
  assert.ok(breakdown.kind === "confusion");
  assert.deepEqual(breakdown.labels, ["a", "b"]);
  assert.deepEqual(breakdown.counts, [
    [1, 1, 0],
    [1, 0, 1],
  ]);
});

test("labels: spellings of one label are one, shown as written most often", () => {
  assert.deepEqual(detectTask(["Yes", "yes", "yes", "No", "NO", "No", "maybe"], "labels").labels, [
    "maybe",
    "No",
    "yes",
  ]);
});

test("labels: macro-F1 is the mean over the labels that occur, by hand", () => {
  // a: 2 of 3 right, one b called a: F1 = 4/6; b: 1 of 2 right: F1 = 2/4; c is known but does not occur.
  const labels = scorer("labels", ["a", "b", "c"]);
  const score = corpusScore(labels, "macro-f1", ["a", "a", "c", "b", "a"], ["a", "a", "a", "b", "b"]);
  assertClose(score, (4 / 6 + 2 / 3) / 2, "macro-F1");
});

test("short answers: normalisation forgives case, width, punctuation and spaces, and keeps what numbers mean", () => {
  assert.equal(normaliseAnswer("  The  “Eiffel”\tTower. "), "the eiffel tower");
  assert.equal(normaliseAnswer("ﬁne-tuning"), "finetuning");
  assert.notEqual(normaliseAnswer("-5"), normaliseAnswer("5"));
  assert.equal(normaliseAnswer("-5."), "-5");
  assert.notEqual(normaliseAnswer("1.5"), normaliseAnswer("15"));
  assert.equal(normaliseAnswer("1,000"), "1000");
  assert.notEqual(normaliseAnswer("C++"), normaliseAnswer("C"));
  assert.equal(normaliseAnswer("`code`"), "code");
  assert.notEqual(normaliseAnswer("..."), normaliseAnswer("?"));
  const short = scorer("short-answer");
  assert.equal(rowScore(short, "exact-match", "paris.", "Paris"), 1);
  assert.equal(rowScore(short, "exact-match-raw", "paris.", "Paris"), 0);
  assert.equal(rowScore(short, "exact-match-raw", " Paris\n", "Paris"), 1);
});

test("short answers: token F1 by hand", () => {
  const f1 = (output: string, reference: string) =>
    rowScore(scorer("short-answer"), "token-f1", output, reference);
  assertClose(f1("the cat sat", "the cat"), 0.8, "2 shared of 3 and 2");
  assertClose(f1("a a a", "a b"), 0.4, "a repeated word is shared once");
  assert.equal(f1("x", "y"), 0);
  assert.equal(f1("", ""), 1);
  assert.equal(f1("", "y"), 0);
  assertClose(f1("北京", "北京市"), 0.8, "characters of an unspaced script are words");
});

test("JSON: parsing, the whole value, and the share of fields", () => {
  const task = scorer("json");
  const reference = '{"name": "Ada", "born": {"year": 1815, "city": "London"}, "tags": ["maths", "poetry"]}';
  const scores = (output: string) =>
    ["json-parses", "exact-json", "fields-right"].map((id) => rowScore(task, id, output, reference));
  assert.deepEqual(scores(reference), [1, 1, 1]);
  assert.deepEqual(
    scores('{"tags":["maths","poetry"],"born":{"city":"London","year":1815.0},"name":"Ada"}'),
    [1, 1, 1],
  );
  assert.deepEqual(scores(`\`\`\`json\n${reference}\n\`\`\``), [1, 1, 1]);
  assert.deepEqual(
    scores('{"name": "Ada", "born": {"year": "1815", "city": "London"}, "tags": ["poetry", "maths"]}'),
    [1, 0, 0.5],
  );
  assert.deepEqual(scores(`${reference.slice(0, -1)}, "extra": 1}`), [1, 0, 1]);
  assert.deepEqual(scores("{'name': 'Ada'}"), [0, 0, 0]);
  assert.deepEqual(scores(""), [0, 0, 0]);
  assert.equal(rowScore(task, "fields-right", "{}", "{}"), 1);
  assert.equal(rowScore(task, "fields-right", "[]", "{}"), 0);
});

test("JSON: field accuracy per key, hostile keys included", () => {
  const references = ['{"a":1,"b":{"c":2}}', '{"a":1,"__proto__":3,"b.c":4}'];
  const outputs = ['{"a":1,"b":{"c":0}}', '{"a":2,"__proto__":3,"b.c":4}'];
  const breakdown = scorer("json").breakdown!(outputs, references);
  assert.ok(breakdown.kind === "fields");
  assert.deepEqual(breakdown.fields, [
    { field: "a", rows: 2, right: 1 },
    { field: "b.c", rows: 1, right: 0 },
    { field: "__proto__", rows: 1, right: 1 },
    { field: '"b.c"', rows: 1, right: 1 },
  ]);
});

test("long text: chrF of rows and of the corpus is sacrebleu's", () => {
  assert.match(fixtures.longText.signature, /nc:6\|nw:0\|space:no/);
  const task = scorer("long-text");
  const { pairs, corpusChrF } = fixtures.longText;
  for (const { output, reference, chrF } of pairs) {
    assertClose(rowScore(task, "chrf", output, reference), chrF, `chrF of "${output}" for "${reference}"`);
  }
  const outputs = pairs.map(({ output }) => output);
  const references = pairs.map(({ reference }) => reference);
  assertClose(corpusScore(task, "chrf", outputs, references), corpusChrF, "corpus chrF");
});

test("long text: ROUGE-L F is rouge-score's on ASCII, and counts words of every script", () => {
  const task = scorer("long-text");
  const ascii = fixtures.longText.pairs.filter(({ rougeL }) => rougeL !== undefined);
  assert.ok(ascii.length > 25);
  for (const { output, reference, rougeL } of ascii) {
    assertClose(rowScore(task, "rouge-l", output, reference), rougeL!, `ROUGE-L of "${output}"`);
  }
  assertClose(rowScore(task, "rouge-l", "Der Bär lief", "Der Bär läuft"), 2 / 3, "two of three words");
  assert.deepEqual(words("naïve ÉCOLE 中文"), ["naïve", "école", "中", "文"]);
});

test("two answers agree as the task sees it", () => {
  assert.equal(scorer("labels", ["a", "b"]).agreement("A.", "a"), 1);
  assert.equal(
    scorer("labels", ["a", "b"]).agreement("zebra", "horse"),
    0,
    "two other outputs are not the same",
  );
  assert.equal(scorer("labels", ["a", "b"]).agreement("zebra", " Zebra "), 1);
  assert.equal(scorer("short-answer").agreement("Paris!", "paris"), 1);
  assert.equal(scorer("json").agreement('{"a":1,"b":2}', '{"b":2,"a":1}'), 1);
  assert.equal(scorer("json").agreement("no json", "other"), 0);
  assertClose(scorer("long-text").agreement("one two three", "one two four"), 2 / 3, "ROUGE-L");
});

test("the task is found from the answers, with its reason, and may be overridden", () => {
  const repeat = (answers: string[], times: number) => Array.from({ length: times }, () => answers).flat();
  const cases: [TaskId, string[], RegExp][] = [
    ["labels", repeat(["positive", "negative", "neutral"], 10), /30 answers are 3 short texts/],
    ["json", repeat(['{"a": 1}', '{"b": [2]}'], 3), /6 of the 6 answers are JSON/],
    [
      "short-answer",
      Array.from({ length: 40 }, (_, i) => `The year ${1900 + i}`),
      /40 of the 40 answers are one line/,
    ],
    ["short-answer", ["yes", "no"], /at most eight words/],
    [
      "long-text",
      Array.from({ length: 9 }, (_, i) => `Paragraph ${i} goes on for more than just a handful of words.`),
      /longer or freer/,
    ],
    ["long-text", repeat(["x".repeat(200), "y".repeat(200)], 10), /longer or freer/],
  ];
  for (const [id, references, reason] of cases) {
    const task = detectTask(references);
    assert.equal(task.id, id, references[0]);
    assert.match(task.reason, reason);
    assert.equal(task.labels.length > 0, id === "labels");
  }
  assert.equal(detectTask(["yes", "no"], "labels").reason, "it was chosen by the user");
  assert.throws(() => detectTask(["yes"], "label"), {
    code: "usage",
    hint: /json, labels, short-answer, long-text/,
  });
  assert.throws(() => detectTask([]), { code: "dataset-empty" });
});

test("folding keeps what tells texts apart", () => {
  assert.equal(fold("  Ünïcode\r\n \u3000x "), "ünïcode x");
  assert.notEqual(fold("e"), fold("é"));
});
