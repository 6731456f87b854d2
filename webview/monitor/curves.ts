/** A run's curves: smoothing, and where a step lies on each axis. Pure. */
import type { RunEvent } from "../../src/runs/schema.ts";
import { lastAtMost } from "../common/sorted.ts";
import type { Steps } from "./steps.ts";

export const axes = ["step", "time", "epoch"] as const;
export type Axis = (typeof axes)[number];

/**
 * The exponential moving average as TensorBoard draws it: weights sum to one from the first value on, so that the curve
 * does not start at zero. What is no number is passed over.
 */
export function smoothed(values: ArrayLike<number>, weight: number): Float64Array {
  const result = new Float64Array(values.length);
  let average = 0;
  let missing = 1;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (Number.isFinite(value)) {
      average = average * weight + (1 - weight) * value;
      missing *= weight;
    }
    result[index] = missing < 1 ? average / (1 - missing) : Number.NaN;
  }
  return result;
}

/** Every step's place on an axis, ascending. Time is seconds of training: pauses and validations do not count. */
export function placesOf(steps: Steps, axis: Axis): Float64Array {
  if (axis !== "time") return steps.column(axis);
  const seconds = steps.column("seconds");
  const places = new Float64Array(seconds.length);
  let sum = 0;
  for (let index = 0; index < seconds.length; index++) places[index] = sum += seconds[index]!;
  return places;
}

/** Where a step lies among `places`; null before the first step. */
export function placeOf(steps: Steps, places: Float64Array, step: number): number | null {
  return places[lastAtMost(steps.column("step"), step)] ?? null;
}

/** The validation losses by place. Those of steps that have not arrived yet are left out. */
export function validationCurve(
  steps: Steps,
  places: Float64Array,
  validations: readonly RunEvent<"validation">[],
  isStepAxis: boolean,
): { x: number[]; y: number[] } {
  const placed = validations
    .map(({ step, loss }) => ({ x: isStepAxis ? step : placeOf(steps, places, step), y: loss }))
    .filter((each): each is { x: number; y: number } => each.x !== null);
  return { x: placed.map(({ x }) => x), y: placed.map(({ y }) => y) };
}

/** Whether a smoothed loss went down over its last tenth, in words of one kind or another; null for too few steps. */
export function trend(smooth: Float64Array): "falling" | "rising" | "level" | null {
  if (smooth.length < 10) return null;
  const now = smooth[smooth.length - 1]!;
  const before = smooth[Math.floor(smooth.length * 0.9) - 1]!;
  const change = (now - before) / Math.abs(before);
  if (Math.abs(change) < 0.005) return "level";
  return change < 0 ? "falling" : "rising";
}
