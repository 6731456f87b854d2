/** Whether a run fits this machine, and which settings would make it fit. */
import { createMethod, defaultSettings, type MethodSettings } from "../methods/index.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { type Estimate, type EstimateInput, type EstimateSettings, estimate } from "./estimate.ts";

/** What the machine has left, in bytes. */
export interface Free {
  memory: number;
  /** On the disk of the run directory. */
  disk: number;
}

/** Some changes to a recipe, and what the run needs then. */
export interface Change {
  /** As the recipe spells it: `train.batchSize 2, train.gradientAccumulation 4`. */
  inWords: string;
  settings: Partial<EstimateSettings>;
  method?: MethodSettings;
  estimate: Estimate;
}

/** Left for the rest of the machine: an estimate is not exact, and other programs breathe. */
const memoryMargin = 1.05;

export function fits({ memory, disk }: Estimate, free: Free): boolean {
  return memory.total * memoryMargin <= free.memory && disk.total <= free.disk;
}

/**
 * Changes that make the run fit, those that cost least first: smaller batches with more accumulation (the same training,
 * slower), then computing activations again (the same training, a third slower), then shorter rows and LoRA (another
 * training). Empty when nothing helps.
 */
export function whatWouldFit(input: EstimateInput, free: Free): Change[] {
  const changes: Change[] = [];
  const tryWith = (settings: Partial<EstimateSettings>, method?: MethodSettings): boolean => {
    const changed: EstimateInput = {
      ...input,
      settings: { ...input.settings, ...settings },
      method: method ?? input.method,
    };
    const result = estimate(changed);
    if (!fits(result, free)) return false;
    const inWords = [
      ...Object.entries(settings).map(([name, value]) => `train.${name} ${value}`),
      ...(method ? [`method ${method.name}`] : []),
    ];
    changes.push({ inWords: inWords.join(", "), settings, ...(method && { method }), estimate: result });
    return true;
  };
  const { gradientCheckpointing, maxLength } = input.settings;
  const batches = smallerBatches(input.settings);
  const again = { gradientCheckpointing: true };

  batches.some((batch) => tryWith(batch));
  if (!gradientCheckpointing)
    void (tryWith(again) || batches.some((batch) => tryWith({ ...batch, ...again })));
  const smallest = { ...batches.at(-1), ...(gradientCheckpointing ? {} : again) };
  if (changes.length === 0)
    shorterLengths(input, maxLength).some((length) => tryWith({ ...smallest, maxLength: length }));
  if (createMethod(input.method).result === "model") {
    const adapter = defaultSettings();
    void (
      tryWith({}, adapter) ||
      batches.some((batch) => tryWith(batch, adapter)) ||
      tryWith(smallest, adapter)
    );
  }
  return changes;
}

/** Halves of the batch that see as many rows in a step. */
function smallerBatches({ batchSize, gradientAccumulation }: EstimateSettings): Partial<EstimateSettings>[] {
  const rows = batchSize * gradientAccumulation;
  const sizes: number[] = [];
  for (let size = batchSize >> 1; size >= 1; size >>= 1) sizes.push(size);
  return sizes.map((size) => ({ batchSize: size, gradientAccumulation: Math.round(rows / size) }));
}

/** Halves that cut any row at all, down to where little would be left of one. */
function shorterLengths({ train }: EstimateInput, maxLength: number): number[] {
  const longest = train.reduce((most, row) => Math.max(most, row.tokens), 1);
  const lengths: number[] = [];
  for (let length = maxLength >> 1; length >= 64; length >>= 1) lengths.push(length);
  return lengths.filter((length) => length < longest);
}

/** The error for a run that does not fit: what it needs, what there is, and what would fit. */
export function doesNotFit(input: EstimateInput, needed: Estimate, free: Free): TunesmithError {
  const shortOfMemory = needed.memory.total * memoryMargin > free.memory;
  const { process, weights, training, activations, working, gradients } = needed.memory;
  const message = shortOfMemory
    ? `training needs ${gigabytes(needed.memory.total)} of memory, but ${gigabytes(free.memory)} are free ` +
      `(weights ${gigabytes(weights)}, parameters in training ${gigabytes(training + gradients)}, ` +
      `activations ${gigabytes(activations + working)}, the program ${gigabytes(process)})`
    : `the run needs ${gigabytes(needed.disk.total)} on disk, but ${gigabytes(free.disk)} are free ` +
      `(checkpoints ${gigabytes(needed.disk.checkpoints)}, converted weights ${gigabytes(needed.disk.convertedWeights)})`;
  const ways = whatWouldFit(input, free).map(
    (change) => `${change.inWords} (${gigabytes(change.estimate.memory.total)})`,
  );
  const hint =
    ways.length > 0 ? `These settings would fit: ${ways.join("; or ")}.` : elsewhere(shortOfMemory);
  return new TunesmithError("does-not-fit", message, hint);
}

function elsewhere(shortOfMemory: boolean): string {
  if (!shortOfMemory) return "Free some space, or choose a run folder on another disk with --run.";
  return "No setting makes this model fit: close other programs, or take a smaller model.";
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)} GB`;
}
