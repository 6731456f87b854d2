/** A run's curves as lines of charts, and the axes they stand on. */
import { bestValidation } from "../../src/runs/schema.ts";
import type { ChartLine, ChartMark } from "../common/lines.ts";
import { count, lossText, t } from "../common/text.ts";
import { type Axis, placeOf, placesOf, smoothed, validationCurve } from "./curves.ts";
import type { RunData } from "./run-data.ts";
import type { StepColumn } from "./steps.ts";

/** The run that is shown is solid; those laid over it differ in colour and dash. */
const looks: { color: string; dash?: number[] }[] = [
  { color: "--vscode-charts-blue" },
  { color: "--vscode-charts-green", dash: [8, 3] },
  { color: "--vscode-charts-purple", dash: [3, 3] },
  { color: "--vscode-charts-red", dash: [10, 3, 2, 3] },
  { color: "--vscode-charts-yellow", dash: [14, 4] },
];
const lookOf = (index: number) => looks[index % looks.length]!;

export interface AxisLook {
  xName: string;
  xText: (x: number) => string;
  xIncrements?: number[];
}

export function axisLook(axis: Axis): AxisLook {
  switch (axis) {
    case "step":
      return {
        xName: t("Step"),
        xText: count,
        xIncrements: [1, 2, 5].flatMap(decades).sort((a, b) => a - b),
      };
    case "time":
      return { xName: t("Time"), xText: clock, xIncrements: timeIncrements };
    case "epoch":
      return { xName: t("Epoch"), xText: (epoch) => String(Number(epoch.toFixed(2))) };
  }
}

const decades = (digit: number) => Array.from({ length: 9 }, (_, power) => digit * 10 ** power);
const timeIncrements = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => 60 * minutes),
  ...[1, 2, 3, 6, 12, 24, 48, 96, 240].map((hours) => 3600 * hours),
];

/** "0:05", "12:30", "1:30:00". */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Training and validation loss of the shown run and of those laid over it. */
export function lossLines(
  shown: RunData,
  overlays: readonly RunData[],
  axis: Axis,
  weight: number,
): ChartLine[] {
  return [
    ...ofShown(shown, axis, weight),
    ...overlays.flatMap((run, index) => ofOverlay(run, index + 1, axis, weight)),
  ];
}

function ofShown(run: RunData, axis: Axis, weight: number): ChartLine[] {
  const x = placesOf(run.steps, axis);
  const raw = run.steps.column("loss");
  const { color } = lookOf(0);
  const isSmooth = weight > 0;
  const training: ChartLine = {
    id: "training",
    label: t("Training"),
    color,
    width: isSmooth ? 1 : 1.5,
    x,
    y: raw,
  };
  return [
    isSmooth ? { ...training, share: 0.35 } : training,
    ...(isSmooth
      ? [
          {
            id: "smoothed",
            label: t("Smoothed"),
            color,
            width: 2,
            average: true,
            x,
            y: smoothed(raw, weight),
          },
        ]
      : []),
    ...validationLine(run, x, axis, {
      id: "validation",
      label: t("Validation"),
      color: "--vscode-charts-orange",
      width: 1.5,
    }),
  ];
}

function ofOverlay(run: RunData, index: number, axis: Axis, weight: number): ChartLine[] {
  const x = placesOf(run.steps, axis);
  const { name, run: id } = run.info;
  const look = { ...lookOf(index), width: 1.5 };
  return [
    { id, label: name, ...look, average: true, x, y: smoothed(run.steps.column("loss"), weight) },
    ...validationLine(run, x, axis, {
      id: `${id}\nvalidation`,
      label: t("{0}, validation", name),
      ...look,
      width: 1,
    }),
  ];
}

function validationLine(
  { steps, history }: RunData,
  places: Float64Array,
  axis: Axis,
  look: Omit<ChartLine, "x" | "y">,
): ChartLine[] {
  const curve = validationCurve(steps, places, history.validations, axis === "step");
  return curve.x.length === 0 ? [] : [{ ...look, points: true, ...curve }];
}

/** The checkpoint with the lowest validation loss. */
export function bestMark({ steps, history }: RunData, axis: Axis): ChartMark | null {
  const best = bestValidation(history);
  if (!best) return null;
  const x = axis === "step" ? best.step : placeOf(steps, placesOf(steps, axis), best.step);
  return x === null ? null : { x, label: t("best {0}", lossText(best.loss)) };
}

/** One of the other figures, of every run. */
export function columnLines(
  runs: readonly RunData[],
  column: StepColumn,
  label: string,
  axis: Axis,
): ChartLine[] {
  return runs.map(({ steps, info }, index) => ({
    id: info.run,
    label: index === 0 ? label : info.name,
    ...lookOf(index),
    width: 1.5,
    x: placesOf(steps, axis),
    y: steps.column(column),
  }));
}
