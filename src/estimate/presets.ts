/**
 * Three ways to train on some rows, chosen by what the rows and the model are like. Pure arithmetic; every rule has its
 * reason here, and every preset its figures, so that the editor can say in one line why.
 *
 * Steps. "quick" is one pass, "balanced" three, "thorough" five: OpenAI's own default for fine-tuning chat models is three
 *   (openai-cookbook, "Data preparation and analysis for chat model fine-tuning"), as is Hugging Face's Trainer. As there,
 *   few rows get more passes, until training has had a chance (`least` steps, and every label has been met
 *   `seenPerLabel` times), but five times as many at most, which ends at 25 as theirs does; and many rows get fewer
 *   (`most` steps), but at least `leastEpochs`. More rows never mean fewer steps.
 * Rows of an update: 8. Small batches learn most per row and need no tuning (Marek et al., 2025, arXiv:2507.07101), and
 *   LoRA in particular loses with large ones (Schulman et al., "LoRA Without Regret", 2025). They are computed at once as
 *   far as `tokensAtOnce` goes, since memory grows with them and a processor gains little by more; the rest is accumulated.
 * maxLength: the smallest multiple of 32 that cuts no more than `cut` of the rows; memory and time grow with it.
 * Learning rate: for LoRA with alpha 32 at rank 16, as ours, 5e-4 at a width of 2000, times (2000 / width)^0.781, and a
 *   tenth of it where every weight is trained; Qwen's exponent is 0.0775. This is the fit over models that came with
 *   "LoRA Without Regret" (tinker-cookbook, hyperparam_utils.py). At the bundled model's width, 128, it gives 4.3e-3; 5e-3
 *   was found for it by trying (assets/sample/support.tune.json).
 * Validations cost a third of a training step a row, and a tenth of the rows are held out: 4, 10 and 20 of them cost less
 *   than a fifth of the run. Checkpoints of LoRA are small; full ones write 12 bytes a weight, so there are fewer.
 */
import type { DecoderConfig } from "../architectures/config.ts";
import type { MethodName } from "../methods/index.ts";
import type { RowLength } from "./estimate.ts";

export const presetNames = ["quick", "balanced", "thorough"] as const;
export type PresetName = (typeof presetNames)[number];

export interface PresetInput {
  model: Pick<DecoderConfig, "architecture" | "hiddenSize" | "maxPositions">;
  method: MethodName;
  /** At least one. */
  train: readonly RowLength[];
  /** How many different answers there are, where they are labels. */
  labels: number | null;
}

export interface Preset {
  /** As the recipe's `train` spells it. */
  train: PresetSettings;
  why: PresetReasons;
}

export interface PresetSettings {
  epochs?: number;
  steps?: number;
  batchSize: number;
  gradientAccumulation: number;
  learningRate: number;
  maxLength: number;
  evaluateEvery: number;
  checkpointEvery: number;
  earlyStopping?: { patience: number };
}

/** The figures behind it, for words. */
export interface PresetReasons {
  rows: number;
  steps: number;
  /** Passes over the rows; a fraction where steps decide. */
  epochs: number;
  /** Tokens of the longest row, and of the one in the middle. */
  longest: number;
  median: number;
  /** Rows that lose their end to `maxLength`. */
  cutRows: number;
}

interface Rule {
  epochs: number;
  least: number;
  most: number;
  leastEpochs: number;
  cut: number;
  evaluateEvery: number;
  fullCheckpointEvery: number;
  patience?: number;
}

const rules: Readonly<Record<PresetName, Rule>> = {
  quick: {
    epochs: 1,
    least: 40,
    most: 100,
    leastEpochs: 0,
    cut: 0.02,
    evaluateEvery: 0.25,
    fullCheckpointEvery: 0.5,
  },
  balanced: {
    epochs: 3,
    least: 120,
    most: 750,
    leastEpochs: 1,
    cut: 0.01,
    evaluateEvery: 0.1,
    fullCheckpointEvery: 0.25,
  },
  thorough: {
    epochs: 5,
    least: 200,
    most: 2500,
    leastEpochs: 2,
    cut: 0,
    evaluateEvery: 0.05,
    fullCheckpointEvery: 0.25,
    patience: 6,
  },
};

const rowsPerUpdate = 8;
const tokensAtOnce = 2048;
const lengthGrain = 32;
const mostExtra = 5;
const seenPerLabel = 20;

export function preset(name: PresetName, input: PresetInput): Preset {
  const rule = rules[name];
  const rows = input.train.length;
  const lengths = input.train.map(({ tokens }) => tokens).sort((a, b) => a - b);
  const maxLength = lengthThatFits(lengths, rule.cut, input.model.maxPositions);
  const batchSize = rowsAtOnce(maxLength);
  const perEpoch = Math.ceil(rows / rowsPerUpdate);
  const steps = stepsOf(rule, perEpoch, input.labels ?? 0);
  const whole = steps % perEpoch === 0;
  return {
    train: {
      ...(whole ? { epochs: steps / perEpoch } : { steps }),
      batchSize,
      gradientAccumulation: rowsPerUpdate / batchSize,
      learningRate: learningRate(input.method, input.model),
      maxLength,
      evaluateEvery: rule.evaluateEvery,
      checkpointEvery: input.method === "full" ? rule.fullCheckpointEvery : 0.1,
      ...(rule.patience && { earlyStopping: { patience: rule.patience } }),
    },
    why: {
      rows,
      steps,
      epochs: steps / perEpoch,
      longest: lengths.at(-1)!,
      median: lengths[rows >> 1]!,
      cutRows: lengths.filter((length) => length > maxLength).length,
    },
  };
}

function stepsOf({ epochs, least, most, leastEpochs }: Rule, perEpoch: number, labels: number): number {
  const forLabels = Math.ceil((labels * seenPerLabel) / rowsPerUpdate);
  const usual = Math.min(epochs * perEpoch, most);
  const few = Math.min(Math.max(least, Math.min(forLabels, most)), epochs * mostExtra * perEpoch);
  return Math.max(usual, few, leastEpochs * perEpoch);
}

/** @param lengths ascending */
function lengthThatFits(lengths: readonly number[], cut: number, maxPositions: number): number {
  const kept = lengths[lengths.length - 1 - Math.floor(cut * lengths.length)]!;
  return Math.min(Math.max(1, Math.ceil(kept / lengthGrain)) * lengthGrain, maxPositions);
}

function rowsAtOnce(maxLength: number): number {
  let size = rowsPerUpdate;
  while (size > 1 && size * maxLength > tokensAtOnce) size >>= 1;
  return size;
}

function learningRate(method: MethodName, { architecture, hiddenSize }: PresetInput["model"]): number {
  const exponent = architecture.startsWith("Qwen") ? 0.0775 : 0.781;
  const forLora = 5e-4 * (2000 / hiddenSize) ** exponent;
  return Number((method === "full" ? forLora / 10 : forLora).toPrecision(2));
}
