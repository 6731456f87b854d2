/** Learning rate schedules with linear warm-up, as `transformers` defines them (optimization.py). */

/** Each gives the share of the peak rate at `progress`, from 0 (warm-up over) to 1 (the end). */
export const schedules = {
  constant: () => 1,
  linear: (progress: number) => 1 - progress,
  cosine: (progress: number) => 0.5 * (1 + Math.cos(Math.PI * progress)),
} as const satisfies Record<string, (progress: number) => number>;

export type ScheduleName = keyof typeof schedules;

/**
 * The learning rate of a step.
 * @param step counted from 0: the rate is 0 at step 0 if there is a warm-up
 */
export function learningRateAt(
  step: number,
  {
    schedule,
    peak,
    warmupSteps,
    totalSteps,
  }: { schedule: ScheduleName; peak: number; warmupSteps: number; totalSteps: number },
): number {
  if (step < warmupSteps) return (peak * step) / Math.max(1, warmupSteps);
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  return peak * schedules[schedule](Math.min(1, progress));
}
