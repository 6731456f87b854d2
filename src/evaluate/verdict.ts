/**
 * Is fine-tuning worth it? One comparison decides, declared before the test rows are looked at: the fine-tuned model
 * against the prompting that did best on the validation rows. The others are reported with Holm's correction.
 *
 * "Better" is said only where the 95 % interval of the difference leaves out zero and the test agrees (p < 0.05).
 * Otherwise nothing was shown, and that is what is said: "no difference shown" where the interval holds zero and is
 * narrow enough to rule out large differences, else "too few examples". Never "equal": a test that finds nothing does
 * not show that.
 *
 * Before the last row is answered there is no verdict, only figures "so far": a test that is looked at again and again
 * while rows come in finds a difference sooner or later, whether there is one or not (P. Armitage, C. K. McPherson and
 * B. C. Rowe, "Repeated significance tests on accumulating data", JRSS A 132 (1969) 235–244).
 */
import { count, duration, inSentence, percent, plural, points, pText, scoreText } from "./figures.ts";
import { bootstrapP, percentileInterval } from "./statistics/bootstrap.ts";
import { countPairs, mcnemarExact, newcombeInterval, type PairedCounts } from "./statistics/paired.ts";
import type { Interval } from "./statistics/wilson.ts";

/** Half the width of an interval that is too wide to mean anything: with ±10 points, a large difference goes unseen. */
const tooWide = 0.1;

/** With fewer rows the bootstrap's percentile interval is markedly too narrow. */
const fewestRowsForBootstrap = 20;

/** How the fine-tuned model (`first`) differs from one way of prompting (`second`) on one metric. */
export interface Difference {
  way: string;
  metric: string;
  metricTitle: string;
  rows: number;
  tuned: number;
  prompting: number;
  /** tuned − prompting. */
  difference: number;
  interval: Interval;
  test: "exact McNemar" | "paired bootstrap";
  p: number;
  /** p after Holm's correction over all but the main comparison; of the main comparison, p itself. */
  pAdjusted: number;
  /** Rows by who was right, where rows are right or wrong (first: fine-tuned). */
  counts?: PairedCounts;
  /** Rows are still to come: the test says nothing yet. */
  preliminary?: true;
}

export type Outcome =
  | "fine-tuned-better"
  | "prompting-better"
  | "no-difference-shown"
  | "too-few-examples"
  /** Not every row is answered yet. */
  | "preliminary";

export interface Verdict {
  outcome: Outcome;
  /** The verdict in a few words. */
  headline: string;
  /** Why, in one sentence with the figures. */
  reason: string;
  /** What the choice costs, in one or two sentences; empty while no row is answered. */
  costLine: string;
  cost: Cost;
}

/** What one answer costs either way, and what training has cost. */
export interface Cost {
  promptTokens: { tuned: number; prompting: number };
  seconds: { tuned: number; prompting: number };
  trainingSeconds?: number;
  /** Calls after which the seconds saved exceed the training; absent where none are saved or training is not known. */
  callsUntilPaid?: number;
  consistency?: { tuned: number; prompting: number; samples: number };
}

/** How the two ways of the main comparison are called. */
export interface Titles {
  tuned: string;
  prompting: string;
}

/** A difference of two shares of right rows. `tuned`, `prompting`: right or wrong, row by row. */
export function binaryDifference(
  names: Pick<Difference, "way" | "metric" | "metricTitle">,
  tuned: readonly boolean[],
  prompting: readonly boolean[],
): Difference {
  const counts = countPairs(tuned, prompting);
  const rows = tuned.length;
  const p = mcnemarExact(counts);
  return {
    ...names,
    rows,
    tuned: (counts.both + counts.onlyFirst) / rows,
    prompting: (counts.both + counts.onlySecond) / rows,
    difference: (counts.onlyFirst - counts.onlySecond) / rows,
    interval: newcombeInterval(counts),
    test: "exact McNemar",
    p,
    pAdjusted: p,
    counts,
  };
}

/** A difference of two scores that are no shares. `resampled`: both on the same 10 000 draws of rows. */
export function bootstrapDifference(
  names: Pick<Difference, "way" | "metric" | "metricTitle" | "rows" | "tuned" | "prompting">,
  resampled: { tuned: Float64Array; prompting: Float64Array },
): Difference {
  const differences = resampled.tuned.map((score, i) => score - resampled.prompting[i]!);
  const p = bootstrapP(differences);
  return {
    ...names,
    difference: names.tuned - names.prompting,
    interval: percentileInterval(differences),
    test: "paired bootstrap",
    p,
    pAdjusted: p,
  };
}

/**
 * The verdict of the main comparison: the fine-tuned model against the best prompting.
 *
 * @param rescored the title of the task the comparison was declared with, where the answers are scored as another one
 */
export function reachVerdict(main: Difference, titles: Titles, cost: Cost, rescored?: string): Verdict {
  const outcome = judge(main);
  return {
    outcome,
    headline: headlines[outcome],
    reason: explain(main, outcome, titles) + chosenAfterwards(rescored),
    costLine: explainCost(cost, titles),
    cost,
  };
}

/** How far rows and the choice of the prompting have come. */
export interface Progress {
  rows: number;
  planned: number;
  /** The prompting is still being chosen. */
  choosing: boolean;
}

/** What can be said before every row is answered. `so far`: absent while none is. */
export function withoutVerdict(
  { rows, planned, choosing }: Progress,
  soFar?: { main: Difference; titles: Titles; cost: Cost; rescored?: string | undefined },
): Verdict {
  const later = `the verdict comes with the last of the ${plural(planned, "row")}`;
  if (!soFar) {
    const doing = choosing
      ? "the prompting is being chosen on the validation rows"
      : "no row is answered yet";
    const cost = { promptTokens: { tuned: 0, prompting: 0 }, seconds: { tuned: 0, prompting: 0 } };
    const reason = `So far, ${doing}; ${later}.`;
    return { outcome: "preliminary", headline: "No rows so far", reason, costLine: "", cost };
  }
  const { main, titles, cost, rescored } = soFar;
  return {
    outcome: "preliminary",
    headline: `So far, ${count(rows)} of ${plural(planned, "row")}`,
    reason: `${figuresOf(main, titles)} so far; ${later}.${chosenAfterwards(rescored)}`,
    costLine: explainCost(cost, titles),
    cost,
  };
}

/** A metric picked with the answers in view may be picked for its result. */
function chosenAfterwards(declared: string | undefined): string {
  if (declared === undefined) return "";
  return ` This way of scoring was chosen after the answers were there; the comparison was made for “${declared}”.`;
}

const headlines: Record<Exclude<Outcome, "preliminary">, string> = {
  "fine-tuned-better": "Fine-tuning is better",
  "prompting-better": "Prompting is better",
  "no-difference-shown": "No difference shown",
  "too-few-examples": "Too few examples",
};

/** Whether interval and test both show a difference; of a side comparison, after Holm's correction. Not on the way. */
export function isShown(difference: Difference): boolean {
  return !difference.preliminary && leavesOutZero(difference.interval) && difference.pAdjusted < 0.05;
}

function leavesOutZero({ low, high }: Interval): boolean {
  return low > 0 || high < 0;
}

function judge(main: Difference): keyof typeof headlines {
  const { difference, interval, rows, test } = main;
  if (test === "paired bootstrap" && rows < fewestRowsForBootstrap) return "too-few-examples";
  if (isShown(main)) return difference > 0 ? "fine-tuned-better" : "prompting-better";
  const undecided = leavesOutZero(interval) || interval.high - interval.low > 2 * tooWide;
  return undecided ? "too-few-examples" : "no-difference-shown";
}

/** "On 60 test rows, accuracy is 84.0% for … and 70.0% for …: +14.0 points" */
function figuresOf(
  { rows, counts, metricTitle, tuned, prompting, difference }: Difference,
  titles: Titles,
): string {
  const score = (value: number) => scoreText(value, counts !== undefined);
  return (
    `On ${plural(rows, "test row")}, ${inSentence(metricTitle)} is ${score(tuned)} for “${titles.tuned}” and ` +
    `${score(prompting)} for “${titles.prompting}”: ${points(difference)} points`
  );
}

function explain(main: Difference, outcome: Outcome, titles: Titles): string {
  const { interval, counts } = main;
  const found = `${figuresOf(main, titles)}, 95% interval ${points(interval.low)} to ${points(interval.high)}`;
  const split =
    counts &&
    `${plural(counts.onlyFirst, "row")} right only with “${titles.tuned}”, ` +
      `${count(counts.onlySecond)} only with “${titles.prompting}”`;
  const evidence = [split, `${main.test} ${pText(main.p)}`].filter(Boolean).join("; ");
  return `${found} (${evidence})${caveat(main, outcome)}.`;
}

function caveat({ interval, rows, test }: Difference, outcome: Outcome): string {
  if (outcome === "fine-tuned-better" || outcome === "prompting-better") return "";
  if (outcome === "no-difference-shown") return "; the true difference may be anything in that interval";
  if (test === "paired bootstrap" && rows < fewestRowsForBootstrap) {
    return `; fewer than ${fewestRowsForBootstrap} rows cannot tell`;
  }
  if (leavesOutZero(interval)) return "; the interval leaves out zero, but the test does not reach p < 0.05";
  // An interval narrows with the square root of the number of rows.
  const halfWidth = (interval.high - interval.low) / 2;
  const needed = 10 * Math.ceil((rows * (halfWidth / tooWide) ** 2) / 10);
  return `; about ${count(needed)} rows would narrow that to ±${100 * tooWide} points`;
}

function explainCost(cost: Cost, titles: Titles): string {
  // The difference of the means as they are shown, so that a reader's subtraction agrees.
  const tokensSaved = Math.round(cost.promptTokens.prompting) - Math.round(cost.promptTokens.tuned);
  const secondsSaved = cost.seconds.prompting - cost.seconds.tuned;
  const tokens =
    tokensSaved === 0
      ? "as many prompt tokens"
      : `${plural(Math.abs(tokensSaved), `${tokensSaved > 0 ? "fewer" : "more"} prompt token`)}`;
  const speed = `${duration(Math.abs(secondsSaved))} ${secondsSaved >= 0 ? "less" : "more"} time`;
  const saved = `Per answer, “${titles.tuned}” takes ${tokens} and ${speed} than “${titles.prompting}”`;
  const paid =
    cost.callsUntilPaid !== undefined
      ? `; the ${duration(cost.trainingSeconds!)} of training are paid back after ${plural(cost.callsUntilPaid, "call")}`
      : cost.trainingSeconds !== undefined
        ? `; it never pays back the ${duration(cost.trainingSeconds)} of training in time`
        : "";
  const consistency = cost.consistency
    ? ` Asked ${cost.consistency.samples} times with sampling, it agrees with itself ${percent(cost.consistency.tuned)} ` +
      `of the time, prompting ${percent(cost.consistency.prompting)}.`
    : "";
  return `${saved}${paid}.${consistency}`;
}
