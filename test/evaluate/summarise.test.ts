/** Summaries, differences and verdicts, mostly from counts small enough to check by hand or against the papers' tables. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, inSentence, points } from "../../src/evaluate/figures.ts";
import { scoreOutputs, summarise } from "../../src/evaluate/summarise.ts";
import { recordOf, sampleRecord } from "./sample.ts";

const shortAnswers = { id: "short-answer" as const, labels: [], reason: "" };

/** A record with given counts of rows right for both, only the tuned model, only the prompt, and neither. */
function counted(both: number, onlyTuned: number, onlyPrompting: number, neither: number) {
  const cells: [number, string, string][] = [
    [both, "x", "x"],
    [onlyTuned, "x", "no"],
    [onlyPrompting, "no", "x"],
    [neither, "no", "no"],
  ];
  const tuned = cells.flatMap(([n, answer]) => Array.from({ length: n }, () => answer));
  const prompting = cells.flatMap(([n, , answer]) => Array.from({ length: n }, () => answer));
  return recordOf(
    shortAnswers,
    tuned.map(() => "x"),
    { prompting, tuned },
  );
}

test("fine-tuning is better where interval and exact test both say so, with every figure in the reason", () => {
  // 36, 12, 2, 0 is the first row of Newcombe's table III: 0.0569 to 0.3404. McNemar: 2·(1 + 14 + 91)/2¹⁴ = 0.0129.
  const { verdict, differences } = summarise(counted(36, 12, 2, 0));
  assert.equal(verdict.outcome, "fine-tuned-better");
  assert.equal(verdict.headline, "Fine-tuning is better");
  assert.equal(
    verdict.reason,
    "On 50 test rows, exact match is 96.0% for “tuned” and 76.0% for “prompting”: +20.0 points, 95% interval " +
      "+5.7 to +34.0 (12 rows right only with “tuned”, 2 only with “prompting”; exact McNemar p = 0.0129).",
  );
  assert.deepEqual(differences[0]!.counts, { both: 36, onlyFirst: 12, onlySecond: 2, neither: 0 });
  assert.equal(differences[0]!.pAdjusted, differences[0]!.p);
});

test("prompting can be better too", () => {
  const { verdict } = summarise(counted(36, 2, 12, 0));
  assert.equal(verdict.outcome, "prompting-better");
  assert.equal(verdict.headline, "Prompting is better");
  assert.match(verdict.reason, /−20\.0 points, 95% interval −34\.0 to −5\.7/);
});

test("five discordant rows are too few, however one-sided: the exact test cannot fall under 0.05", () => {
  const outcome = (onlyTuned: number) => summarise(counted(95, onlyTuned, 0, 0)).verdict;
  const five = outcome(5);
  assert.equal(five.outcome, "too-few-examples");
  assert.match(
    five.reason,
    /p = 0\.0625\); the interval leaves out zero, but the test does not reach p < 0\.05\.$/,
  );
  assert.equal(outcome(6).outcome, "fine-tuned-better");
});

test("a wide interval is too few examples, a narrow one no difference shown; never equal", () => {
  const few = summarise(counted(10, 3, 3, 4)).verdict;
  assert.equal(few.outcome, "too-few-examples");
  assert.match(few.reason, /about \d+ rows would narrow that to ±10 points\.$/);
  const many = summarise(counted(500, 40, 38, 200)).verdict;
  assert.equal(many.outcome, "no-difference-shown");
  assert.match(many.reason, /may be anything in that interval\.$/);
  for (const verdict of [few, many]) assert.doesNotMatch(JSON.stringify(verdict), /equal|same/i);
  assert.equal(summarise(counted(1, 0, 0, 0)).verdict.outcome, "too-few-examples");
});

test("other scores than shares are judged by the paired bootstrap", () => {
  const task = { id: "long-text" as const, labels: [], reason: "" };
  const references = Array.from({ length: 40 }, (_, i) => `the answer to question number ${i} is ${i * i}`);
  const worse = references.map((text, i) => (i % 4 === 0 ? text : "I do not know that one"));
  const better = references.map((text, i) => (i % 4 === 3 ? "who knows" : text));
  const result = summarise(recordOf(task, references, { prompting: worse, tuned: better, zero: worse }));
  assert.equal(result.verdict.outcome, "fine-tuned-better");
  const [main, other] = result.differences;
  assert.equal(main!.test, "paired bootstrap");
  assert.equal(main!.metric, "chrf");
  assert.ok(main!.interval.low < main!.difference && main!.difference < main!.interval.high);
  assert.ok(main!.p < 0.001);
  // The other way gave the same answers on the same draws, so the very same difference.
  assert.deepEqual({ ...other, way: "" }, { ...main, way: "" });
  const nothing = summarise(recordOf(task, references, { prompting: better, tuned: better }));
  assert.equal(nothing.verdict.outcome, "no-difference-shown");
  const tiny = recordOf(task, references.slice(0, 12), {
    prompting: worse.slice(0, 12),
    tuned: references.slice(0, 12),
  });
  assert.equal(summarise(tiny).verdict.outcome, "too-few-examples");
  assert.match(summarise(tiny).verdict.reason, /fewer than 20 rows cannot tell/);
});

test("the other ways of prompting are compared with Holm's correction, the main one without", () => {
  const { differences } = summarise(sampleRecord({ rows: 120 }), { resamples: 200 });
  assert.deepEqual(
    differences.map(({ way }) => way),
    ["few-shot-4", "zero-shot", "one-shot"],
  );
  const [, zero, one] = differences;
  const [smaller, larger] = zero!.p <= one!.p ? [zero!, one!] : [one!, zero!];
  assert.equal(smaller.pAdjusted, Math.min(1, 2 * smaller.p));
  assert.equal(larger.pAdjusted, Math.max(smaller.pAdjusted, larger.p));
});

test("a summary of a way by hand: loss, ends, empties, means, consistency", () => {
  const record = recordOf(shortAnswers, ["a", "b"], { prompting: ["a", " "], tuned: ["a", "b"] });
  const [first, second] = record.rows.map((row) => row.answers.prompting!);
  Object.assign(first!, {
    ended: true,
    promptTokens: 10,
    outputTokens: 1,
    seconds: 1,
    loss: { nats: 1, tokens: 2, bytes: 4 },
    samples: ["a", "A.", "b"],
    shotsDropped: 1,
  });
  Object.assign(second!, {
    ended: false,
    promptTokens: 20,
    outputTokens: 5,
    seconds: 2,
    loss: { nats: 5, tokens: 1, bytes: 8 },
    samples: ["x", "x", "x"],
    shotsDropped: 0,
  });
  const [summary] = summarise(record).summaries;
  assert.deepEqual(
    { ...summary, metrics: undefined },
    {
      way: "prompting",
      metrics: undefined,
      loss: { perToken: 2, perByte: 0.5 },
      endedShare: 0.5,
      emptyShare: 0.5,
      promptTokens: 15,
      outputTokens: 3,
      seconds: 1.5,
      // One of three pairs agrees in the first row, all three in the second.
      consistency: { agreement: (1 / 3 + 1) / 2, samples: 3 },
      rowsWithShotsDropped: 1,
    },
  );
  assert.equal(summary!.metrics[0]!.score, 0.5);
  assert.deepEqual(summarise(record).scores["exact-match"], { prompting: [1, 0], tuned: [1, 1] });
});

test("what the choice costs, and when training has paid for itself", () => {
  const costs = (promptingSeconds: number) => {
    const record = recordOf(shortAnswers, ["a"], { prompting: ["a"], tuned: ["a"] });
    Object.assign(record.rows[0]!.answers.prompting!, { promptTokens: 220, seconds: promptingSeconds });
    Object.assign(record.rows[0]!.answers.tuned!, { promptTokens: 40, seconds: 0.25, samples: ["a", "a"] });
    record.rows[0]!.answers.prompting!.samples = ["a", "b"];
    return summarise(record).verdict;
  };
  const saving = costs(0.75);
  assert.equal(saving.cost.callsUntilPaid, 328, "164 s of training at half a second a call");
  assert.equal(
    saving.costLine,
    "Per answer, “tuned” takes 180 fewer prompt tokens and 500 ms less time than “prompting”; the 2 min 44 s of " +
      "training are paid back after 328 calls. Asked 2 times with sampling, it agrees with itself 100.0% of the time, " +
      "prompting 0.0%.",
  );
  const losing = costs(0.2);
  assert.equal(losing.cost.callsUntilPaid, undefined);
  assert.match(losing.costLine, /50 ms more time .* never pays back the 2 min 44 s of training in time/);
});

test("a comparison is plain data, the same every time, and can be judged again from its record alone", () => {
  const record = sampleRecord({ rows: 30 });
  const once = summarise(record, { resamples: 300 });
  assert.deepEqual(JSON.parse(JSON.stringify(once)), once);
  assert.deepEqual(summarise(structuredClone(record), { resamples: 300 }), once);
  assert.deepEqual(summarise(once, { resamples: 300 }), once);
});

test("no rows, a missing answer and an unknown way are said, not computed", () => {
  const record = sampleRecord({ rows: 2 });
  assert.throws(() => summarise({ ...record, rows: [] }), { code: "dataset-empty" });
  const broken = structuredClone(record);
  delete broken.rows[1]!.answers["one-shot"];
  assert.throws(() => summarise(broken), {
    code: "internal",
    message: /test\.jsonl:2 has no answer for "one-shot"/,
  });
  assert.throws(() => summarise({ ...record, baseline: "nine-shot" }), {
    code: "internal",
    message: /nine-shot/,
  });
});

test("one set of outputs is scored for itself, as when the best prompting is chosen", () => {
  const [accuracy] = scoreOutputs(
    { id: "labels", labels: ["a", "b"], reason: "" },
    Array.from({ length: 20 }, (_, i) => (i < 16 ? "a" : "b")),
    Array.from({ length: 20 }, () => "a"),
    { seed: 1, resamples: 100 },
  );
  assert.equal(accuracy!.score, 0.8);
  assert.ok(
    Math.abs(accuracy!.interval.low - 0.58) < 0.005 && Math.abs(accuracy!.interval.high - 0.92) < 0.005,
  );
});

test("figures are written for people", () => {
  assert.deepEqual([0.0004, 0.42, 0.9996, 12.34, 59.96, 3599.6, 7440].map(duration), [
    "0 ms",
    "420 ms",
    "1.00 s",
    "12.3 s",
    "1 min 0 s",
    "1 h 0 min",
    "2 h 4 min",
  ]);
  assert.deepEqual(["Exact match", "JSON", "chrF", "ROUGE-L"].map(inSentence), [
    "exact match",
    "JSON",
    "chrF",
    "ROUGE-L",
  ]);
  assert.deepEqual([0.125, -0.03, 0.0001, -0.0001].map(points), ["+12.5", "−3.0", "0.0", "0.0"]);
});
