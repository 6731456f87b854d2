/** Checks that a plan or a record read from a comparison's directory has the parts that everybody builds on. */
import type { ComparisonRecord } from "../evaluate/comparison.ts";
import { taskTypes } from "../evaluate/metrics/list.ts";
import type { ComparisonPlan } from "../evaluate/plan.ts";
import { isJsonObject, type JsonObject } from "../json/object.ts";
import { files } from "./layout.ts";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const objectWith =
  (parts: Record<string, Check>): Check =>
  (value) =>
    isJsonObject(value) && Object.entries(parts).every(([key, check]) => check(value[key]));

const isConversation = listOf(objectWith({ role: isText, content: isText }));
const row = { id: isText, messages: isConversation, reference: isText };

const common: Record<string, Check> = {
  title: isText,
  made: isText,
  task: objectWith({
    id: (id) => taskTypes.some((type) => type.id === id),
    labels: listOf(isText),
    reason: isText,
  }),
  ways: listOf(objectWith({ id: isText, title: isText, model: isText, shots: isCount })),
  tuned: isText,
  shots: listOf(objectWith({ id: isText, messages: isConversation, answer: isText })),
  integrity: objectWith({
    leftOut: listOf(isJsonObject),
    splits: listOf(isJsonObject),
    seeds: objectWith({ bootstrap: Number.isFinite }),
    base: isJsonObject,
    tuned: isJsonObject,
    dataset: isJsonObject,
    decoding: isJsonObject,
  }),
};

const answer = { text: isText, prompt: isText, shots: listOf(isText) };

/** @throws Error saying what is wrong */
export function parsePlan(value: unknown): ComparisonPlan {
  const wanted = { ...common, validation: listOf(objectWith(row)), rows: listOf(objectWith(row)) };
  const plan = checked(value, files.plan, "tunesmith-comparison-plan-1", wanted);
  const { ways, tuned } = plan as unknown as ComparisonPlan;
  if (!ways.some(({ model }) => model === "base") || !ways.some(({ id }) => id === tuned))
    throw damaged(files.plan, "ways");
  return plan as unknown as ComparisonPlan;
}

/** @throws Error saying what is wrong */
export function parseRecord(value: unknown): ComparisonRecord {
  const record = checked(value, files.result, "tunesmith-comparison-1", {
    ...common,
    baseline: isText,
    choice: objectWith({ rows: isCount, metric: isText, scores: isJsonObject }),
    rows: listOf(objectWith({ ...row, answers: isJsonObject })),
    rowsPlanned: (count) => count === undefined || isCount(count),
  }) as unknown as ComparisonRecord;
  for (const id of [record.tuned, record.baseline])
    if (!record.ways.some((way) => way.id === id)) throw damaged(files.result, "ways");
  const isAnswered = objectWith(Object.fromEntries(record.ways.map(({ id }) => [id, objectWith(answer)])));
  if (!record.rows.every(({ answers }) => isAnswered(answers))) throw damaged(files.result, "rows");
  return record;
}

function checked(value: unknown, file: string, format: string, parts: Record<string, Check>): JsonObject {
  if (!isJsonObject(value) || value.format !== format) throw new Error(`${file} is no ${format}`);
  for (const [key, check] of Object.entries(parts)) if (!check(value[key])) throw damaged(file, key);
  return value;
}

function damaged(file: string, part: string): Error {
  return new Error(`${file}: ${part} is missing or damaged`);
}
