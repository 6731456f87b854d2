/** Comparisons on their way: what is known before and between answers, that no verdict comes early, and scoring anew. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../../src/evaluate/comparison.ts";
import { answerKey, recordOf as recordFrom } from "../../src/evaluate/plan.ts";
import { summarise, tasksOf } from "../../src/evaluate/summarise.ts";
import { terminalSummary } from "../../src/evaluate/table.ts";
import { isShown } from "../../src/evaluate/verdict.ts";
import { planned, recordOf, sampleRecord } from "./sample.ts";

const quick = { resamples: 50 };

const without = (answers: ReadonlyMap<string, Answer>, pattern: RegExp) =>
  new Map([...answers].filter(([key]) => !pattern.test(key)));

test("plan and answers make the whole record, samples and shots included", () => {
  const record = sampleRecord({ rows: 40 });
  const { plan, answers } = planned(record);
  const made = recordFrom(plan, answers, "2026-11-25T00:00:00Z");
  const { choice, ...rest } = made;
  const { choice: _, ...expected } = record;
  assert.deepEqual(rest, { ...expected, made: "2026-11-25T00:00:00Z", rowsPlanned: 40 });
  const right = record.rows.filter(
    ({ answers, reference }) => answers["few-shot-4"]!.text === reference,
  ).length;
  assert.equal(choice.scores["few-shot-4"], right / 40);
  assert.equal(made.baseline, "few-shot-4");
});

test("the prompting is chosen when the last validation answer is there, and never looks at test rows", () => {
  const { plan, answers } = planned(sampleRecord({ rows: 12 }));
  const before = recordFrom(plan, without(answers, /^validation\/few-shot-4\/11$|^test/));
  assert.deepEqual(before.choice, { rows: 0, metric: "", scores: {}, pending: true });
  assert.equal(before.rows.length, 0);
  // On the test rows one-shot is wrong throughout; on the validation rows it is right throughout.
  const validation = new Map(answers);
  plan.rows.forEach(({ reference }, r) => {
    const answer = answers.get(answerKey.test("one-shot", r))!;
    validation.set(answerKey.validation("one-shot", r), { ...answer, text: reference });
    validation.set(answerKey.test("one-shot", r), { ...answer, text: "?" });
  });
  assert.equal(recordFrom(plan, validation).baseline, "one-shot");
  const none = recordFrom({ ...plan, validation: [] }, answers);
  assert.deepEqual([none.choice, none.baseline], [{ rows: 0, metric: "", scores: {} }, "few-shot-4"]);
});

test("a row counts once every way has answered it, and keeps its place while others come", () => {
  const { plan, answers } = planned(sampleRecord({ rows: 6 }));
  const unseen = { id: "train.jsonl:99", messages: [], answer: "never drawn" };
  const some = recordFrom(
    { ...plan, shots: [unseen, ...plan.shots] },
    without(answers, /^test\/fine-tuned\/[2-5]$|^samples/),
  );
  assert.deepEqual(
    some.rows.map(({ id }) => id),
    ["test.jsonl:1", "test.jsonl:2"],
  );
  assert.equal(some.rowsPlanned, 6);
  assert.equal("samples" in some.rows[0]!.answers["fine-tuned"]!, false);
  const shown = new Set(
    some.rows.flatMap(({ answers }) => Object.values(answers).flatMap(({ shots }) => shots)),
  );
  assert.deepEqual(
    some.shots.map(({ id }) => id),
    [...shown],
  );
});

test("before the end nothing is called better, however clear it looks", () => {
  // 48 of 50 rows right against none: McNemar's p is 2^-47.
  const references = Array.from({ length: 50 }, () => "x");
  const record = recordOf({ id: "short-answer", labels: [], reason: "" }, references, {
    prompting: references.map(() => "no"),
    tuned: references.map((_, i) => (i < 48 ? "x" : "no")),
  });
  const whole = summarise({ ...record, rowsPlanned: 50 });
  assert.deepEqual([whole.complete, whole.verdict.outcome], [true, "fine-tuned-better"]);
  const soFar = summarise({ ...record, rowsPlanned: 60 });
  assert.deepEqual([soFar.complete, soFar.rowsPlanned, soFar.rows.length], [false, 60, 50]);
  assert.equal(soFar.verdict.outcome, "preliminary");
  assert.equal(soFar.verdict.headline, "So far, 50 of 60 rows");
  assert.equal(
    soFar.verdict.reason,
    "On 50 test rows, exact match is 96.0% for “tuned” and 0.0% for “prompting”: +96.0 points so far; " +
      "the verdict comes with the last of the 60 rows.",
  );
  assert.deepEqual([isShown(whole.differences[0]!), isShown(soFar.differences[0]!)], [true, false]);
  assert.doesNotMatch(terminalSummary(soFar), /better|p [=<]/i);
});

test("without a complete row there are no figures, and no crash", () => {
  const record = { ...sampleRecord({ rows: 2 }), rowsPlanned: 9, rows: [] };
  const none = summarise(record);
  assert.deepEqual([none.summaries, none.differences, none.scores, none.complete], [[], [], {}, false]);
  assert.equal(
    none.verdict.reason,
    "So far, no row is answered yet; the verdict comes with the last of the 9 rows.",
  );
  const choosing = summarise({ ...record, choice: { rows: 0, metric: "", scores: {}, pending: true } });
  assert.match(choosing.verdict.reason, /the prompting is being chosen on the validation rows/);
  assert.deepEqual(JSON.parse(JSON.stringify(none)), none);
  assert.ok(terminalSummary(none).startsWith("No rows so far. "));
});

test("a plan without test rows is refused, as a record without any is", () => {
  const record = sampleRecord({ rows: 1 });
  assert.throws(() => summarise({ ...record, rows: [], rowsPlanned: 0 }), { code: "dataset-empty" });
});

test("answers can be scored as every task that fits them, and not as others", () => {
  const offered = (references: string[], id: "labels" | "short-answer" | "long-text" | "json") => {
    const record = recordOf({ id, labels: [], reason: "" }, references, {
      prompting: references,
      tuned: references,
    });
    return tasksOf(record).map((task) => task.id);
  };
  assert.deepEqual(offered(["a", "b", "a"], "labels"), ["labels", "short-answer", "long-text"]);
  assert.deepEqual(offered(["a", "b", "c"], "short-answer"), ["short-answer", "long-text"]);
  assert.deepEqual(offered(['{"a":1}', "none"], "long-text"), ["long-text", "json", "short-answer"]);
  assert.deepEqual(offered([], "json"), ["json"]);
  for (const { title, description } of tasksOf(sampleRecord({ rows: 30 }))) {
    assert.ok(title.length > 0 && description.length > 0 && !description.includes("\n"));
  }
});

test("scoring anew keeps answers, baseline and choice, says it was an afterthought, and can be taken back", () => {
  const record = sampleRecord({ rows: 60 });
  const once = summarise(record, quick);
  const task = tasksOf(record).find(({ id }) => id === "short-answer")!.task;
  const anew = summarise(record, { ...quick, task });
  assert.deepEqual(
    [anew.task.id, anew.declaredTask?.id, anew.taskTitle, anew.baseline, anew.choice],
    ["short-answer", "labels", "Short answers", once.baseline, once.choice],
  );
  assert.deepEqual(Object.keys(anew.scores), ["exact-match", "exact-match-raw", "token-f1"]);
  assert.match(
    anew.verdict.reason,
    /chosen after the answers were there; the comparison was made for “Labels”/,
  );
  assert.doesNotMatch(once.verdict.reason, /afterwards|after the answers/);
  assert.deepEqual(summarise(anew, quick), anew, "what was scored anew stays so");
  assert.equal(tasksOf(anew)[0]!.id, "labels", "and still names what it was made with");
  assert.deepEqual(summarise(anew, { ...quick, task: record.task }), once);
  assert.equal(record.task.id, "labels", "the record is not touched");
});

test("answers are measured once while others come, and anew when they or their task are others", () => {
  const task = { id: "long-text" as const, labels: [], reason: "" };
  const record = recordOf(task, ["one two", "three"], {
    prompting: ["one", "three"],
    tuned: ["one two", "no"],
  });
  const before = summarise(record, quick);
  assert.deepEqual(summarise(record, quick), before);
  const short = summarise(record, { ...quick, task: tasksOf(record).at(-1)!.task });
  assert.deepEqual(short.scores["exact-match"], { prompting: [0, 1], tuned: [1, 0] });
  record.rows[0]!.answers.tuned!.text = "one";
  record.rows[1]!.reference = "no";
  assert.deepEqual(summarise(record, quick), summarise(structuredClone(record), quick));
  assert.notDeepEqual(summarise(record, quick).scores, before.scores);
});
