/** Metrics over answers: each answer measured, the measured ones scored together, with an interval. */
import type { Answer, MetricSummary } from "./comparison.ts";
import type { Task } from "./metrics/list.ts";
import type { Measured, Metric } from "./metrics/metric.ts";
import { bootstrap, percentileInterval, type ResampledScore } from "./statistics/bootstrap.ts";
import { wilsonInterval } from "./statistics/wilson.ts";

/** The bootstrap's draws; the resamples default to 10 000. */
export interface ResamplingOptions {
  seed: number;
  resamples?: number;
}

/** One metric for several ways over the same rows. */
export interface MetricResult {
  /** `[ways][rows]` */
  measured: Measured[][];
  /** `[ways]` */
  summaries: MetricSummary[];
  /** `[ways][resamples]`, all on the same draws; absent for shares, which need none. */
  resampled?: Float64Array[];
}

/** @param measured `[ways][rows]`, at least one row */
export function scoreMetric(
  metric: Metric,
  measured: Measured[][],
  resampling: ResamplingOptions,
): MetricResult {
  const rows = measured[0]!.length;
  const { id, title, binary } = metric;
  const named = (w: number) => ({ id, title, binary, score: metric.score(measured[w]!) });
  if (binary) {
    const summaries = measured.map((column, w) => {
      const right = column.filter((row) => metric.rowScore!(row) === 1).length;
      return { ...named(w), interval: wilsonInterval(right, rows) };
    });
    return { measured, summaries };
  }
  const resampled = bootstrap(
    rows,
    measured.map((column) => resampledScore(metric, column)),
    resampling,
  );
  const summaries = resampled.map((scores, w) => ({ ...named(w), interval: percentileInterval(scores) }));
  return { measured, summaries, resampled };
}

function resampledScore(metric: Metric, measured: readonly Measured[]): ResampledScore {
  const drawn: Measured[] = [...measured];
  return (draw) => {
    for (let i = 0; i < draw.length; i++) drawn[i] = measured[draw[i]!]!;
    return metric.score(drawn);
  };
}

interface Kept {
  text: string;
  reference: string;
  measured: Measured;
}

/** By answer, then by task and metric. */
const kept = new WeakMap<Answer, Map<string, Kept>>();

/**
 * Measures the answers of one way. What was measured is kept as long as its answer lives: while rows come in, all of
 * them are judged again and again, and a long text costs milliseconds.
 */
export function measuredOnce(task: Task, metric: Metric, references: readonly string[]) {
  const key = JSON.stringify([task.id, metric.id, task.labels]);
  return (answers: readonly Answer[]): Measured[] =>
    answers.map((answer, row) => {
      const { text } = answer;
      const reference = references[row]!;
      const byMetric = kept.get(answer) ?? new Map<string, Kept>();
      kept.set(answer, byMetric);
      const known = byMetric.get(key);
      if (known?.text === text && known.reference === reference) return known.measured;
      const measured = metric.measure(text, reference);
      byMetric.set(key, { text, reference, measured });
      return measured;
    });
}
