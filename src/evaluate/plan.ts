/**
 * A comparison before and while it is answered. The plan says all that is known beforehand, the main comparison
 * included (the fine-tuned model against the prompting that does best on the validation rows); the answers come one by
 * one. What is finished and what is half done are made from the two by the same function.
 */
import type { Answer, Choice, ComparisonRecord, ComparisonRow, Way } from "./comparison.ts";
import type { Example } from "./prompting.ts";
import { scoreOutputs } from "./summarise.ts";

export type PlannedRow = Omit<ComparisonRow, "answers">;

type Known = "title" | "made" | "task" | "ways" | "tuned" | "trainingSeconds" | "integrity";

export interface ComparisonPlan extends Pick<ComparisonRecord, Known> {
  format: "tunesmith-comparison-plan-1";
  /** Rows on which the prompting is chosen; every way of prompting answers them first. May be none. */
  validation: PlannedRow[];
  /** The rows compared, in the order in which they are asked and kept. */
  rows: PlannedRow[];
  /** Every shot that may be shown. */
  shots: Example[];
  /** Consistency: the first so many rows are answered so many more times, at this temperature. */
  sampling: { rows: number; answers: number; temperature: number };
}

/** What was answered, by what was asked (`answerKey`). */
export type Answers = ReadonlyMap<string, Answer>;

/** What names one answer: the part of the comparison, the way, the row's place in that part, and which sample it is. */
export const answerKey = {
  validation: (way: string, row: number) => `validation/${way}/${row}`,
  test: (way: string, row: number) => `test/${way}/${row}`,
  sample: (way: string, row: number, n: number) => `samples/${way}/${row}/${n}`,
};

export function promptingWays({ ways }: Pick<ComparisonPlan, "ways">): Way[] {
  return ways.filter(({ model }) => model === "base");
}

/**
 * The record of what every way has answered so far; of all rows in the end.
 *
 * @param made ISO 8601, UTC: when it was finished; by default when it was planned
 */
export function recordOf(plan: ComparisonPlan, answers: Answers, made = plan.made): ComparisonRecord {
  const { title, task, ways, tuned, trainingSeconds, integrity } = plan;
  const rows = plan.rows.flatMap((row, r) => {
    const given = answersTo(plan, answers, r);
    return given ? [{ ...row, answers: given }] : [];
  });
  const shown = new Set(rows.flatMap((row) => Object.values(row.answers).flatMap(({ shots }) => shots)));
  return {
    format: "tunesmith-comparison-1",
    title,
    made,
    task,
    ways,
    tuned,
    ...choosePrompting(plan, answers),
    shots: plan.shots.filter(({ id }) => shown.has(id)),
    rows,
    rowsPlanned: plan.rows.length,
    ...(trainingSeconds !== undefined && { trainingSeconds }),
    integrity,
  };
}

/** What each way answered to a row, with its samples; undefined while one of them has not. */
function answersTo(
  { ways }: ComparisonPlan,
  answers: Answers,
  row: number,
): ComparisonRow["answers"] | undefined {
  const given: ComparisonRow["answers"] = {};
  for (const { id } of ways) {
    const answer = answers.get(answerKey.test(id, row));
    if (!answer) return undefined;
    const samples: string[] = [];
    for (let sample = answers.get(answerKey.sample(id, row, 0)); sample; ) {
      sample = answers.get(answerKey.sample(id, row, samples.push(sample.text)));
    }
    given[id] = samples.length > 0 ? { ...answer, samples } : answer;
  }
  return given;
}

/** The way of prompting with the best score on the validation rows; the fewest shots on a tie. */
function choosePrompting(plan: ComparisonPlan, answers: Answers): { baseline: string; choice: Choice } {
  const prompting = promptingWays(plan);
  const standIn = prompting.at(-1)!.id;
  if (plan.validation.length === 0) return { baseline: standIn, choice: { rows: 0, metric: "", scores: {} } };
  const references = plan.validation.map(({ reference }) => reference);
  const scores: Record<string, number> = {};
  let metric = "";
  for (const { id } of prompting) {
    const outputs = references.flatMap((_, row) => answers.get(answerKey.validation(id, row))?.text ?? []);
    if (outputs.length < references.length)
      return { baseline: standIn, choice: { rows: 0, metric: "", scores: {}, pending: true } };
    const [deciding] = scoreOutputs(plan.task, outputs, references, { seed: 0, resamples: 1 });
    scores[id] = deciding!.score;
    metric = deciding!.id;
  }
  const best = prompting.reduce((a, b) => (scores[b.id]! > scores[a.id]! ? b : a));
  return { baseline: best.id, choice: { rows: references.length, metric, scores } };
}
