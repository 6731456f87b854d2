/**
 * The charts of the comparison page, as SVG by hand. Places are percentages, so a chart fits any width with its text at
 * full size; lines that need many points stand in a nested, stretched drawing whose strokes do not scale.
 */
import type { Comparison } from "../comparison.ts";
import { points, pText } from "../figures.ts";
import { type Difference, isShown } from "../verdict.ts";
import { html, type Markup } from "./html.ts";

/** What training left behind to plot; steps are optimizer steps, losses nats per trained token. */
export interface TrainingCurves {
  trainLoss: readonly (readonly [step: number, loss: number])[];
  validationLoss: readonly (readonly [step: number, loss: number])[];
  /** The step whose weights were kept; by default that of the lowest validation loss. */
  bestStep?: number;
  /** Settings worth showing below the plot: "method", "LoRA, rank 16" … */
  settings?: readonly (readonly [name: string, value: string])[];
}

/**
 * Fine-tuned minus each way of prompting, with 95 % intervals and a line at zero (a forest plot: S. Lewis and M. Clarke,
 * BMJ 322 (2001) 1479). The main comparison is drawn heavier.
 */
export function forestPlot({ differences, ways }: Comparison): Markup {
  const reach = Math.max(0.05, ...differences.flatMap(({ interval }) => [-interval.low, interval.high]));
  const step = niceStep((200 * reach) / 6) / 100;
  const edge = Math.ceil(reach / step - 1e-9) * step;
  const place = (difference: number) => percentOf((difference + edge) / (2 * edge));
  const ticks = rangeOf(-edge, edge, step);
  const grid = ticks.map(
    (tick) =>
      html`<line class="${Math.abs(tick) < step / 2 ? "zero" : "grid"}" x1="${place(tick)}" x2="${place(tick)}" y1="0" y2="100%"/>`,
  );
  const row = (difference: Difference, i: number) => {
    const title = ways.find(({ id }) => id === difference.way)!.title;
    const { low, high } = difference.interval;
    const side = isShown(difference) ? (low > 0 ? "ahead" : "behind") : "open";
    const p = difference.preliminary
      ? "so far"
      : i === 0
        ? pText(difference.p)
        : `${pText(difference.pAdjusted)} (Holm)`;
    const spoken = `${points(difference.difference)} points, 95% interval ${points(low)} to ${points(high)}`;
    return html`<div class="forest-row${i === 0 ? " main" : ""}">
<div class="forest-name">over <bdi>${title}</bdi></div>
<svg role="img" aria-label="Fine-tuned over ${title}: ${spoken}" height="34">${grid}
<line class="whisker ${side}" x1="${place(low)}" x2="${place(high)}" y1="17" y2="17"/>
<line class="whisker ${side}" x1="${place(low)}" x2="${place(low)}" y1="12" y2="22"/>
<line class="whisker ${side}" x1="${place(high)}" x2="${place(high)}" y1="12" y2="22"/>
<circle class="dot ${side}" cx="${place(difference.difference)}" cy="17" r="${i === 0 ? 6 : 4.5}"/></svg>
<div class="forest-figures"><b>${points(difference.difference)}</b> <span>${points(low)} to ${points(high)}</span> <span class="faint">${p}</span></div>
</div>`;
  };
  const axis = ticks.map(
    (tick, i) =>
      html`<text x="${place(tick)}" y="14" text-anchor="${anchorOf(i, ticks.length)}">${tickText(100 * tick, 100 * step, true)}</text>`,
  );
  return html`<div class="forest">${differences.map(row)}
<div class="forest-row axis"><div></div><svg aria-hidden="true" height="34">${axis}
<text class="side" x="25%" y="31" text-anchor="middle">← prompting better</text>
<text class="side" x="75%" y="31" text-anchor="middle">fine-tuned better →</text></svg><div></div></div></div>`;
}

/** Training loss raw (faint) and smoothed, validation loss at its steps, the kept step marked; undefined without points. */
export function lossPlot(curves: TrainingCurves): Markup | undefined {
  const raw = curves.trainLoss.filter(([, loss]) => Number.isFinite(loss));
  const validation = curves.validationLoss.filter(([, loss]) => Number.isFinite(loss));
  const smoothed = smooth(raw);
  const best = validation.find(([step]) => step === curves.bestStep) ?? lowest(validation);
  if (raw.length + validation.length === 0) return undefined;
  const steps = extent([...raw, ...validation].map(([step]) => step));
  const [firstStep, lastStep] = [steps[0], Math.max(steps[1], steps[0] + 1)];
  // The axis holds the smoothed line, the validation points and all but the outermost hundredths of the raw points, so
  // that single spikes do not flatten the rest; they leave the plot.
  const sorted = raw.map(([, loss]) => loss).sort((a, b) => a - b);
  const usual = sorted.slice(Math.floor(sorted.length * 0.01), Math.ceil(sorted.length * 0.99));
  const shown = [
    ...[...smoothed, ...validation].map(([, loss]) => loss),
    ...usual.slice(0, 1),
    ...usual.slice(-1),
  ];
  const [least, most] = extent(shown);
  const step = niceStep((most - least) / 4 || 0.1);
  const bottom = Math.max(0, Math.floor(least / step - 0.25)) * step;
  const top = Math.ceil(most / step + 0.1) * step;
  const x = (at: number) => (at - firstStep) / (lastStep - firstStep);
  const y = (loss: number) => (top - loss) / (top - bottom);
  const line = (series: readonly (readonly [number, number])[]) =>
    series.map(([at, loss]) => `${(1000 * x(at)).toFixed(1)},${(1000 * y(loss)).toFixed(1)}`).join(" ");
  const lossTicks = rangeOf(bottom, top, step);
  const stepUnit = Math.max(1, niceStep((lastStep - firstStep) / 6));
  const stepTicks = rangeOf(Math.ceil(firstStep / stepUnit) * stepUnit, lastStep, stepUnit);
  const spoken = describe(smoothed, validation, best);
  return html`<div class="loss">
<svg class="loss-y" aria-hidden="true">${lossTicks.map((tick) => html`<text x="100%" y="${percentOf(y(tick))}" dy="0.32em" text-anchor="end">${tickText(tick, step, false)}</text>`)}</svg>
<svg class="loss-plot" role="img" aria-label="${spoken}">
${lossTicks.map((tick) => html`<line class="grid" x1="0" x2="100%" y1="${percentOf(y(tick))}" y2="${percentOf(y(tick))}"/>`)}
${best && html`<line class="best" x1="${percentOf(x(best[0]))}" x2="${percentOf(x(best[0]))}" y1="0" y2="100%"/>`}
<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" width="100%" height="100%">
<polyline class="raw" points="${line(thin(raw))}"/><polyline class="smooth" points="${line(thin(smoothed))}"/><polyline class="validation" points="${line(validation)}"/>
</svg>
${validation.map(([at, loss]) => html`<circle class="validation${at === best?.[0] ? " kept" : ""}" cx="${percentOf(x(at))}" cy="${percentOf(y(loss))}" r="${at === best?.[0] ? 6 : 3.5}"><title>step ${at}: validation loss ${loss.toFixed(4)}</title></circle>`)}
</svg>
<svg class="loss-x" aria-hidden="true">${stepTicks.map((tick) => html`<text x="${percentOf(x(tick))}" y="13" text-anchor="${x(tick) < 0.02 ? "start" : x(tick) > 0.98 ? "end" : "middle"}">${tick}</text>`)}</svg>
</div>
<p class="key"><span><span class="swatch smooth"></span>training, smoothed</span><span><span class="swatch raw"></span>training, each step</span><span><span class="swatch validation"></span>validation</span>${best && html`<span class="faint">kept: step ${best[0]}, validation loss ${best[1].toFixed(4)}</span>`}</p>`;
}

type Point = readonly [step: number, loss: number];

/**
 * An exponential moving average without the pull of its start (D. Kingma and J. Ba, arXiv:1412.6980, section 3), over
 * about a fiftieth of the run.
 */
function smooth(series: readonly Point[]): Point[] {
  const keep = 1 - 1 / Math.max(1, series.length / 50);
  let average = 0;
  let weight = 0;
  return series.map(([step, loss]) => {
    average = keep * average + (1 - keep) * loss;
    weight = keep * weight + (1 - keep);
    return [step, average / weight];
  });
}

/** At most 1200 points: of every stretch its lowest and its highest, so that spikes stay. */
function thin(series: readonly Point[]): Point[] {
  const stretch = Math.ceil(series.length / 600);
  if (stretch <= 2) return [...series];
  const kept: Point[] = [];
  for (let from = 0; from < series.length; from += stretch) {
    const part = series.slice(from, from + stretch);
    const low = lowest(part)!;
    const high = part.reduce((most, point) => (point[1] > most[1] ? point : most));
    kept.push(...(low[0] <= high[0] ? [low, high] : [high, low]));
  }
  return kept;
}

function lowest(series: readonly Point[]): Point | undefined {
  return series.reduce<Point | undefined>(
    (least, point) => (least && least[1] <= point[1] ? least : point),
    undefined,
  );
}

/** The least and the greatest; not by spreading, which fails beyond some hundred thousand values. */
function extent(values: readonly number[]): [least: number, greatest: number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return [least, greatest];
}

function describe(smoothed: readonly Point[], validation: readonly Point[], best: Point | undefined): string {
  const from = smoothed[0];
  const to = smoothed.at(-1);
  return [
    from &&
      to &&
      `Training loss from ${from[1].toFixed(2)} at step ${from[0]} to ${to[1].toFixed(2)} at step ${to[0]}`,
    best && `lowest of ${validation.length} validation losses ${best[1].toFixed(3)} at step ${best[0]}`,
  ]
    .filter(Boolean)
    .join("; ");
}

/** The next of 1, 2, 5 times a power of ten at or above `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9))!;
}

function rangeOf(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step + 1e-6) + 1 }, (_, i) => from + i * step);
}

function tickText(value: number, step: number, signed: boolean): string {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return "0";
  return `${value < 0 ? "−" : signed ? "+" : ""}${text}`;
}

function anchorOf(index: number, length: number): string {
  return index === 0 ? "start" : index === length - 1 ? "end" : "middle";
}

function percentOf(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}
