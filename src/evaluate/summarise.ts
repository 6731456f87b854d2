/**
 * From what the models answered to what it means: scores, summaries, differences and the verdict. Pure arithmetic over
 * a kept record, so a comparison can be judged again without asking again.
 */
import { internalError, TunesmithError } from "../protocol/errors.ts";
import type {
  Answer,
  Comparison,
  ComparisonRecord,
  MetricSummary,
  ReferenceLoss,
  RowScores,
  Way,
  WaySummary,
} from "./comparison.ts";
import { type MetricResult, measuredOnce, type ResamplingOptions, scoreMetric } from "./measuring.ts";
import { type OfferedTask, scorerFor, type Task, tasksFor, taskType } from "./metrics/list.ts";
import type { Metric, Scorer } from "./metrics/metric.ts";
import { defaultResamples } from "./statistics/bootstrap.ts";
import { holm } from "./statistics/holm.ts";
import {
  binaryDifference,
  bootstrapDifference,
  type Cost,
  type Difference,
  reachVerdict,
  withoutVerdict,
} from "./verdict.ts";

export interface JudgingOptions {
  /** Score the answers as this task instead of the record's: one of `tasksOf`. Baseline and choice stay as they are. */
  task?: Task;
  /** By default 10 000, and fewer while rows are still to come. */
  resamples?: number;
}

/** While rows come in, figures are judged again and again, and no verdict rests on their intervals. */
const resamplesMeanwhile = 200;

/**
 * Judges a record, with the seed it holds. One whose rows are not all answered gets figures so far and no verdict.
 *
 * @throws dataset-empty where there are no rows and none are to come
 */
export function summarise(asked: ComparisonRecord, options: JudgingOptions = {}): Comparison {
  const declared = asked.declaredTask ?? asked.task;
  const task = options.task ?? asked.task;
  const { declaredTask: _, ...rest } = asked;
  const isRescored = task.id !== declared.id;
  const record: ComparisonRecord = { ...rest, task, ...(isRescored && { declaredTask: declared }) };
  const rowsPlanned = record.rowsPlanned ?? record.rows.length;
  if (rowsPlanned === 0) {
    throw new TunesmithError(
      "dataset-empty",
      "there is no test row to compare on",
      "Give the recipe a larger test share, or a test file whose rows fit into the model's context.",
    );
  }
  const titles = {
    tuned: wayOf(record, record.tuned).title,
    prompting: wayOf(record, record.baseline).title,
  };
  const progress = {
    rows: record.rows.length,
    planned: rowsPlanned,
    choosing: record.choice.pending ?? false,
  };
  const complete = progress.rows === rowsPlanned;
  const about = { ...record, rowsPlanned, complete, taskTitle: taskType(task).title };
  if (record.rows.length === 0)
    return { ...about, summaries: [], differences: [], verdict: withoutVerdict(progress), scores: {} };
  const resampling = {
    seed: record.integrity.seeds.bootstrap,
    resamples: options.resamples ?? (complete ? defaultResamples : resamplesMeanwhile),
  };
  const scorer = scorerFor(task);
  const references = record.rows.map(({ reference }) => reference);
  const columns = record.ways.map((way) => answersOf(record, way));
  const outputs = columns.map((answers) => answers.map(({ text }) => text));
  const results = scorer.metrics.map((metric) =>
    scoreMetric(metric, columns.map(measuredOnce(task, metric, references)), resampling),
  );

  const summaries = record.ways.map((way, w): WaySummary => {
    const breakdown = scorer.breakdown?.(outputs[w]!, references);
    return {
      way: way.id,
      metrics: results.map((result) => result.summaries[w]!),
      ...(breakdown && { breakdown }),
      ...describeAnswers(columns[w]!, scorer),
    };
  });
  const compared = compareWithTuned(record, scorer.metrics[0], results[0]!);
  const differences = complete ? compared : compared.map((each) => ({ ...each, preliminary: true as const }));
  const main = differences[0]!;
  const cost = costOf(record, summaries);
  const rescored = isRescored ? taskType(declared).title : undefined;
  const verdict = complete
    ? reachVerdict(main, titles, cost, rescored)
    : withoutVerdict(progress, { main, titles, cost, rescored });
  return { ...about, summaries, differences, verdict, scores: rowScores(record, scorer, results) };
}

/** The tasks as which a record's answers can be scored (`summarise`'s option), the one it was made with first. */
export function tasksOf({ rows, task, declaredTask }: ComparisonRecord): OfferedTask[] {
  return tasksFor(
    rows.map(({ reference }) => reference),
    declaredTask ?? task,
  );
}

/** All metrics of a task for one set of outputs, the deciding one first: to evaluate a model, or to choose a prompting. */
export function scoreOutputs(
  task: Task,
  outputs: readonly string[],
  references: readonly string[],
  resampling: ResamplingOptions,
): MetricSummary[] {
  return scorerFor(task).metrics.map((metric) => {
    const measured = outputs.map((text, row) => metric.measure(text, references[row]!));
    return scoreMetric(metric, [measured], resampling).summaries[0]!;
  });
}

/** The fine-tuned model against each way of prompting, the best prompting first; Holm's correction over the others. */
function compareWithTuned(record: ComparisonRecord, metric: Metric, result: MetricResult): Difference[] {
  const indexOf = (id: string) => record.ways.findIndex((way) => way.id === id);
  const tuned = indexOf(record.tuned);
  const isRight = (w: number) => result.measured[w]!.map((row) => metric.rowScore!(row) === 1);
  const compare = (way: string): Difference => {
    const w = indexOf(way);
    const names = { way, metric: metric.id, metricTitle: metric.title };
    if (metric.binary) return binaryDifference(names, isRight(tuned), isRight(w));
    const scores = { tuned: result.summaries[tuned]!.score, prompting: result.summaries[w]!.score };
    const resampled = { tuned: result.resampled![tuned]!, prompting: result.resampled![w]! };
    return bootstrapDifference({ ...names, rows: record.rows.length, ...scores }, resampled);
  };
  const main = compare(record.baseline);
  const others = record.ways
    .filter(({ id, model }) => model === "base" && id !== record.baseline)
    .map(({ id }) => compare(id));
  const adjusted = holm(others.map(({ p }) => p));
  return [main, ...others.map((difference, i) => ({ ...difference, pAdjusted: adjusted[i]! }))];
}

/** What is reported of the answers whatever the task. */
function describeAnswers(
  answers: readonly Answer[],
  scorer: Scorer,
): Omit<WaySummary, "way" | "metrics" | "breakdown"> {
  const losses = answers.flatMap(({ loss }) => loss ?? []);
  const sampled = answers.flatMap(({ samples }) => (samples && samples.length > 1 ? [samples] : []));
  return {
    ...(losses.length > 0 && {
      loss: {
        perToken: sum(losses, "nats") / sum(losses, "tokens"),
        perByte: sum(losses, "nats") / sum(losses, "bytes"),
      },
    }),
    endedShare: mean(answers, ({ ended }) => Number(ended)),
    emptyShare: mean(answers, ({ text }) => Number(text.trim() === "")),
    promptTokens: mean(answers, ({ promptTokens }) => promptTokens),
    outputTokens: mean(answers, ({ outputTokens }) => outputTokens),
    seconds: mean(answers, ({ seconds }) => seconds),
    ...(sampled.length > 0 && {
      consistency: {
        agreement: mean(sampled, (samples) => pairwiseAgreement(samples, scorer)),
        samples: Math.min(...sampled.map(({ length }) => length)),
      },
    }),
    rowsWithShotsDropped: answers.filter(({ shotsDropped }) => shotsDropped > 0).length,
  };
}

/** The chance that two different ones of the samples agree. */
function pairwiseAgreement(samples: readonly string[], scorer: Scorer): number {
  const pairs = samples.flatMap((first, i) => samples.slice(i + 1).map((second) => [first, second] as const));
  return mean(pairs, ([first, second]) => scorer.agreement(first, second));
}

function costOf(record: ComparisonRecord, summaries: readonly WaySummary[]): Cost {
  const tuned = summaries.find(({ way }) => way === record.tuned)!;
  const prompting = summaries.find(({ way }) => way === record.baseline)!;
  const { trainingSeconds } = record;
  const secondsSaved = prompting.seconds - tuned.seconds;
  return {
    promptTokens: { tuned: tuned.promptTokens, prompting: prompting.promptTokens },
    seconds: { tuned: tuned.seconds, prompting: prompting.seconds },
    ...(trainingSeconds !== undefined && { trainingSeconds }),
    ...(trainingSeconds !== undefined &&
      secondsSaved > 0 && { callsUntilPaid: Math.ceil(trainingSeconds / secondsSaved) }),
    ...(tuned.consistency &&
      prompting.consistency && {
        consistency: {
          tuned: tuned.consistency.agreement,
          prompting: prompting.consistency.agreement,
          samples: Math.min(tuned.consistency.samples, prompting.consistency.samples),
        },
      }),
  };
}

function rowScores(record: ComparisonRecord, scorer: Scorer, results: readonly MetricResult[]): RowScores {
  const scores: RowScores = {};
  scorer.metrics.forEach(({ id, rowScore }, m) => {
    if (rowScore === undefined) return;
    const { measured } = results[m]!;
    scores[id] = Object.fromEntries(
      record.ways.map((way, w) => [way.id, measured[w]!.map((row) => rowScore(row))]),
    );
  });
  return scores;
}

function wayOf(record: ComparisonRecord, id: string): Way {
  const way = record.ways.find((candidate) => candidate.id === id);
  if (!way) throw internalError(`the comparison has no way of asking called "${id}"`);
  return way;
}

function answersOf(record: ComparisonRecord, way: Way): Answer[] {
  return record.rows.map((row) => {
    const answer = row.answers[way.id];
    if (!answer) throw internalError(`row ${row.id} has no answer for "${way.id}"`);
    return answer;
  });
}

function mean<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0) / items.length;
}

function sum(losses: readonly ReferenceLoss[], part: keyof ReferenceLoss): number {
  return losses.reduce((total, loss) => total + loss[part], 0);
}
