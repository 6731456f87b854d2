/** A comparison read from its directory: before, while and after it is answered, and when parts of it are damaged. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { recordOf } from "../../src/evaluate/plan.ts";
import { summarise } from "../../src/evaluate/summarise.ts";
import { AnswerLog } from "../../src/runs/answers.ts";
import { ComparisonTail } from "../../src/runs/comparison.ts";
import { parsePlan, parseRecord } from "../../src/runs/comparison-check.ts";
import { planned, sampleRecord } from "../evaluate/sample.ts";
import { temporaryFolder } from "./temporary.ts";

const root = temporaryFolder();
const place = () => mkdtempSync(join(root, "comparison-"));
const write = (directory: string, file: string, value: unknown) =>
  writeFileSync(join(directory, file), typeof value === "string" ? value : JSON.stringify(value));
const { plan, answers } = planned(sampleRecord({ rows: 10 }));
const entries = [...answers].map(([key, answer]) => ({ key, answer }));
const part = (pattern: RegExp) => entries.filter(({ key }) => pattern.test(key));

test("a comparison is followed from nothing to its end", () => {
  const directory = place();
  const tail = new ComparisonTail(directory);
  assert.deepEqual(tail.read(), { record: null, finished: false, changed: false, problems: [] });

  write(directory, "plan.json", plan);
  const begun = tail.read();
  assert.deepEqual([begun.changed, begun.finished, begun.record!.rows.length], [true, false, 0]);
  assert.equal(begun.record!.choice.pending, true);
  assert.equal(tail.read().changed, false);

  const log = new AnswerLog(directory);
  log.add(part(/^validation|^test\/.*\/[0-3]$/));
  const some = tail.read();
  assert.deepEqual([some.changed, some.finished, some.record!.rows.length], [true, false, 4]);
  assert.equal(summarise(some.record!, { resamples: 50 }).verdict.outcome, "preliminary");

  log.add(part(/^samples|^test\/.*\/[4-9]$/));
  const whole = recordOf(plan, answers, "2026-11-25T00:00:00Z");
  assert.deepEqual({ ...tail.read().record!, made: whole.made }, whole);
  write(directory, "result.json", whole);
  const end = tail.read();
  assert.deepEqual([end.changed, end.finished, end.problems], [true, true, []]);
  assert.deepEqual(end.record, whole);
  assert.equal(tail.read().changed, false);
  assert.deepEqual(new ComparisonTail(directory).read().record, whole);
});

test("a finished comparison of an earlier version, without a plan, is read too", () => {
  const directory = place();
  const record = sampleRecord({ rows: 3 });
  write(directory, "result.json", record);
  assert.deepEqual(new ComparisonTail(directory).read().record, record);
});

test("damage is said, and the rest is shown", () => {
  const directory = place();
  write(directory, "plan.json", plan);
  new AnswerLog(directory).add(entries);
  write(directory, "result.json", "{");
  const tail = new ComparisonTail(directory);
  const { record, finished, problems } = tail.read();
  assert.deepEqual([record!.rows.length, finished], [10, false]);
  assert.deepEqual(problems, ["result.json is damaged: it is not JSON"]);
  tail.read();
  assert.equal(tail.read().problems.length, 1, "once");

  write(directory, "plan.json", { ...plan, rows: null });
  assert.deepEqual(new ComparisonTail(directory).read().problems, [
    "result.json is damaged: it is not JSON",
    "plan.json: rows is missing or damaged",
  ]);
  rmSync(directory, { recursive: true });
  assert.equal(new ComparisonTail(directory).read().record, null);
});

test("whatever part is missing or of another kind, reading never leads to a crash later", () => {
  const whole = JSON.parse(JSON.stringify(recordOf(plan, answers)));
  parseRecord(whole);
  parsePlan(JSON.parse(JSON.stringify(plan)));
  for (const [value, parse] of [
    [whole, (value: unknown) => summarise(parseRecord(value), { resamples: 1 })],
    [
      JSON.parse(JSON.stringify(plan)),
      (value: unknown) => summarise(recordOf(parsePlan(value), answers), { resamples: 1 }),
    ],
  ] as const) {
    for (const key of Object.keys(value)) {
      for (const wrong of [undefined, null, 5, "x", [], {}, [null], [{}]]) {
        try {
          parse({ ...value, [key]: wrong });
        } catch (error) {
          assert.match((error as Error).message, /missing or damaged|is no tunesmith|no test row/, key);
        }
      }
    }
  }
  const rows = structuredClone(whole.rows);
  delete rows[3].answers["one-shot"];
  assert.throws(() => parseRecord({ ...whole, rows }), /rows is missing or damaged/);
  const { seeds: _, ...integrity } = whole.integrity;
  assert.throws(() => parseRecord({ ...whole, integrity }), /integrity is missing or damaged/);
  assert.throws(() => parseRecord({ ...whole, baseline: "gone" }), /ways is missing or damaged/);
  assert.throws(() => parsePlan({ ...plan, tuned: "gone" }), /ways is missing or damaged/);
});
