/**
 * What a run will need, before it starts: memory, disk and time from the real settings and the real rows' lengths, as
 * arithmetic. Nothing is loaded, so the editor can ask while a recipe is typed.
 */
import type { DecoderConfig } from "../architectures/config.ts";
import { parameterCount } from "../architectures/layout.ts";
import { createMethod, type MethodSettings } from "../methods/index.ts";
import { type BatchShape, trainingFlops } from "./flops.ts";
import { type MemoryParts, trainingMemory } from "./memory.ts";
import { trainableCount } from "./trainables.ts";

/** One row after tokenization, before cutting to `maxLength`. */
export interface RowLength {
  tokens: number;
  /** Tokens that carry loss. */
  targets: number;
}

/** The part of a recipe's `train` that the figures depend on. */
export interface EstimateSettings {
  epochs: number | null;
  steps: number | null;
  batchSize: number;
  gradientAccumulation: number;
  maxLength: number;
  gradientCheckpointing: boolean;
}

export interface EstimateInput {
  model: DecoderConfig;
  /** Bytes of one stored weight: 4 is mapped as it is, 2 is converted once into a float32 file. */
  storedWeightBytes: number;
  /** Whether that file is there already. */
  converted: boolean;
  method: MethodSettings;
  settings: EstimateSettings;
  train: readonly RowLength[];
  validation: readonly RowLength[];
  /** How many times the validation rows are scored. */
  validations: number;
  /** Floating-point operations a second in training, measured on this machine or `usualFlopsPerSecond`. */
  flopsPerSecond: number;
}

export interface Estimate {
  parameters: number;
  trainableParameters: number;
  /** Bytes at the peak of training, by part. */
  memory: MemoryParts;
  /** Bytes on disk. */
  disk: {
    /** The float32 copy of weights that are stored in another type. */
    convertedWeights: number;
    /** Three: the last two and the best; while one is written, a fourth. */
    checkpoints: number;
    result: number;
    total: number;
  };
  steps: number;
  /** Tokens of one epoch, as they are and with padding. */
  tokensPerEpoch: number;
  paddedTokensPerEpoch: number;
  flops: number;
  seconds: number;
}

/** What one core does in ONNX Runtime's float32 products, in a training step as a whole; measured on AVX2 and AVX-512. */
const usualFlopsPerCore = 40e9;

export function usualFlopsPerSecond(cores: number): number {
  return usualFlopsPerCore * Math.max(1, cores);
}

const float = 4;
const checkpointsAtOnce = 4;
/** Parameters and two moments; files of a checkpoint and of an adapter beside the numbers are small. */
const checkpointCopies = 3;
const smallFiles = 64 * 1024;
/** As the engine batches: lengths are rounded up to 8, and a few lengths are compiled. */
const grain = 8;
const lengthGroups = 4;

export function estimate(input: EstimateInput): Estimate {
  const { model, settings } = input;
  const method = createMethod(input.method);
  const trainable = trainableCount(model, method);
  const perEpoch = batchShapes(input.train, settings);
  const stepsPerEpoch = Math.ceil(
    Math.ceil(input.train.length / settings.batchSize) / settings.gradientAccumulation,
  );
  const steps = settings.steps ?? stepsPerEpoch * settings.epochs!;
  const epochs = steps / Math.max(1, stepsPerEpoch);

  const flopsOf = (batches: readonly Batches[], flops: (shape: BatchShape) => number) =>
    batches.reduce((sum, { shape, count }) => sum + count * flops(shape), 0);
  const trainingOf = (shape: BatchShape) =>
    trainingFlops(model, method, settings.gradientCheckpointing, shape);
  // Scoring is the forward pass alone: a third of full training.
  const scoringOf = (shape: BatchShape) =>
    trainingFlops(model, createMethod({ name: "full" }), false, shape) / 3;
  const flops =
    epochs * flopsOf(perEpoch, trainingOf) +
    input.validations * flopsOf(batchShapes(input.validation, settings), scoringOf);

  const convertedWeights =
    input.storedWeightBytes === float || input.converted ? 0 : float * parameterCount(model);
  const checkpoint = checkpointCopies * float * trainable + smallFiles;
  const result = float * trainable + smallFiles;
  const checkpoints = checkpointsAtOnce * checkpoint;
  return {
    parameters: parameterCount(model),
    trainableParameters: trainable,
    memory: trainingMemory(model, method, settings, largestShape(input.train, settings)),
    disk: { convertedWeights, checkpoints, result, total: convertedWeights + checkpoints + result },
    steps,
    tokensPerEpoch: input.train.reduce((sum, row) => sum + cut(row, settings).tokens, 0),
    paddedTokensPerEpoch: perEpoch.reduce(
      (sum, { shape, count }) => sum + count * shape.rows * shape.tokens,
      0,
    ),
    flops,
    seconds: flops / input.flopsPerSecond,
  };
}

/** Batches of one shape, and how many of them one pass over the rows takes. */
interface Batches {
  shape: BatchShape;
  count: number;
}

/** Rows in groups of like length, each padded to its longest: never less padding than the engine's own choice leaves. */
function batchShapes(rows: readonly RowLength[], settings: EstimateSettings): Batches[] {
  const sorted = rows.map((row) => cut(row, settings)).sort((a, b) => a.tokens - b.tokens);
  const groups = Array.from({ length: lengthGroups }, (_, i) =>
    sorted.slice(
      Math.floor((i * sorted.length) / lengthGroups),
      Math.floor(((i + 1) * sorted.length) / lengthGroups),
    ),
  );
  return groups
    .filter((group) => group.length > 0)
    .map((group) => {
      const count = group.length / settings.batchSize;
      const targets = group.reduce((sum, row) => sum + row.targets, 0) / count;
      const tokens = roundUp(group.at(-1)!.tokens);
      return { shape: { rows: settings.batchSize, tokens, targets }, count };
    });
}

/** The shape with the highest peak: the longest row's length, with room for the fullest batch's targets. */
function largestShape(rows: readonly RowLength[], settings: EstimateSettings): BatchShape {
  const cutRows = rows.map((row) => cut(row, settings));
  const targets = cutRows.map((row) => row.targets).sort((a, b) => b - a);
  return {
    rows: settings.batchSize,
    tokens: roundUp(cutRows.reduce((longest, row) => Math.max(longest, row.tokens), 1)),
    targets: roundUp(targets.slice(0, settings.batchSize).reduce((sum, count) => sum + count, 0)),
  };
}

/** A row after cutting: its end goes first, which is where the answer is. */
function cut({ tokens, targets }: RowLength, { maxLength }: EstimateSettings): RowLength {
  const gone = Math.max(0, tokens - maxLength);
  return { tokens: tokens - gone, targets: Math.max(0, targets - gone) };
}

function roundUp(length: number): number {
  return Math.max(1, Math.ceil(length / grain)) * grain;
}
