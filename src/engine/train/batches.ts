/**
 * Which rows meet in which batch, and in which shape. Sessions have static shapes, so rows are padded to one of a few
 * lengths; rows of like length are put together so that little is padding. The whole plan follows from the seed, so a
 * resumed run needs no sampler state.
 */
import { Random } from "../../random/random.ts";
import type { BatchShape } from "./loss.ts";

/** A row as the trainer sees it. */
export interface TokenizedRow {
  ids: ArrayLike<number>;
  /** 1 where the token carries loss as a target. The first token never does. */
  trained: ArrayLike<number>;
}

/** Rows (by index) of one run of the training graph. */
export interface MicroBatch {
  rows: number[];
  shape: BatchShape;
}

export interface BatchSettings {
  batchSize: number;
  gradientAccumulation: number;
  seed: number;
  /** How many different row lengths are compiled. */
  maxShapes?: number;
}

/** Lengths are padded to multiples of this: kernels work on blocks of 8. */
const grain = 8;

export class BatchPlan {
  readonly stepsPerEpoch: number;
  readonly #rows: readonly TokenizedRow[];
  readonly #settings: BatchSettings;
  readonly #lengths: readonly number[];
  readonly #targets: number[];

  constructor(rows: readonly TokenizedRow[], settings: BatchSettings) {
    this.#rows = rows;
    this.#settings = settings;
    this.#lengths = chooseLengths(
      rows.map((row) => row.ids.length),
      settings.maxShapes ?? 4,
    );
    this.stepsPerEpoch = Math.ceil(
      Math.ceil(rows.length / settings.batchSize) / settings.gradientAccumulation,
    );
    this.#targets = this.#largestTargets();
  }

  /** The micro-batches of one optimizer step, counted from 0 over all epochs. */
  step(index: number): MicroBatch[] {
    const epoch = this.#epoch(Math.floor(index / this.stepsPerEpoch));
    const start = (index % this.stepsPerEpoch) * this.#settings.gradientAccumulation;
    return epoch.slice(start, start + this.#settings.gradientAccumulation);
  }

  #cached: { epoch: number; batches: MicroBatch[] } | undefined;

  #epoch(epoch: number): MicroBatch[] {
    if (this.#cached?.epoch !== epoch) this.#cached = { epoch, batches: this.#compose(epoch) };
    return this.#cached.batches;
  }

  /** Shuffles, sorts by length inside windows of 50 batches (so the order stays random), cuts, shuffles the batches. */
  #compose(epoch: number): MicroBatch[] {
    const { batchSize, seed } = this.#settings;
    const random = new Random(seed, "batches", epoch);
    const order = random.shuffle(this.#rows.map((_, i) => i));
    const batches: number[][] = [];
    const window = batchSize * 50;
    for (let start = 0; start < order.length; start += window) {
      const part = order.slice(start, start + window);
      part.sort((a, b) => this.#rows[a]!.ids.length - this.#rows[b]!.ids.length);
      for (let i = 0; i < part.length; i += batchSize) batches.push(part.slice(i, i + batchSize));
    }
    return random.shuffle(batches).map((rows) => ({ rows, shape: this.#shape(rows) }));
  }

  #shape(rows: readonly number[]): BatchShape {
    const at = this.#lengthIndex(rows);
    return { rows: this.#settings.batchSize, tokens: this.#lengths[at]!, targets: this.#targets[at]! };
  }

  #lengthIndex(rows: readonly number[]): number {
    const longest = Math.max(...rows.map((row) => this.#rows[row]!.ids.length));
    return this.#lengths.findIndex((length) => length >= longest);
  }

  /** For every length, room for the targets of the fullest batch that can occur. */
  #largestTargets(): number[] {
    const { batchSize } = this.#settings;
    let shorter: number[] = [];
    return this.#lengths.map((length, at) => {
      const previous = this.#lengths[at - 1] ?? 0;
      const own = this.#rows
        .filter((row) => row.ids.length > previous && row.ids.length <= length)
        .map(countTargets);
      shorter = [...shorter, ...own].sort((a, b) => b - a).slice(0, batchSize);
      return roundUp(
        Math.max(
          1,
          shorter.reduce((total, count) => total + count, 0),
        ),
      );
    });
  }
}

/** Consecutive rows of like length, each in one batch: for validation and scoring. */
export function sequentialBatches(
  rows: readonly TokenizedRow[],
  settings: { batchSize: number; maxShapes?: number },
): MicroBatch[] {
  const { batchSize } = settings;
  const lengths = chooseLengths(
    rows.map((row) => row.ids.length),
    settings.maxShapes ?? 4,
  );
  const order = rows.map((_, i) => i).sort((a, b) => rows[a]!.ids.length - rows[b]!.ids.length || a - b);
  const batches: MicroBatch[] = [];
  const targetsByLength = new Map<number, number>();
  for (let i = 0; i < order.length; i += batchSize) {
    const members = order.slice(i, i + batchSize);
    const tokens = lengths.find((length) => length >= rows[members.at(-1)!]!.ids.length)!;
    const targets = members.reduce((total, row) => total + countTargets(rows[row]!), 0);
    targetsByLength.set(tokens, Math.max(targetsByLength.get(tokens) ?? 1, targets));
    batches.push({ rows: members, shape: { rows: batchSize, tokens, targets } });
  }
  return batches.map(({ rows: members, shape }) => ({
    rows: members,
    shape: { ...shape, targets: roundUp(targetsByLength.get(shape.tokens)!) },
  }));
}

/**
 * At most `count` padded lengths that together pad the rows least: dynamic programming over the sorted distinct lengths.
 * @returns ascending multiples of 8; the last one holds the longest row
 */
export function chooseLengths(lengths: readonly number[], count: number): number[] {
  const rows = new Map<number, number>();
  for (const length of lengths) {
    const padded = roundUp(Math.max(1, length));
    rows.set(padded, (rows.get(padded) ?? 0) + 1);
  }
  const distinct = [...rows.keys()].sort((a, b) => a - b);
  const before = [0]; // before[i]: rows among the i shortest distinct lengths
  for (const length of distinct) before.push(before.at(-1)! + rows.get(length)!);
  // best[i]: least tokens for the i shortest distinct lengths with k + 1 shapes; cuts[k][i]: where its last shape begins
  let best = [0, ...distinct.map((length, i) => length * before[i + 1]!)];
  const cuts: number[][] = [best.map(() => 0)];
  for (let k = 1; k < Math.min(count, distinct.length); k++) {
    const next = [0];
    const cut = [0];
    for (let i = 1; i <= distinct.length; i++) {
      let least = best[i]!;
      let from = -1;
      for (let j = 1; j < i; j++) {
        const tokens = best[j]! + distinct[i - 1]! * (before[i]! - before[j]!);
        if (tokens < least) [least, from] = [tokens, j];
      }
      next.push(least);
      cut.push(from);
    }
    best = next;
    cuts.push(cut);
  }
  const chosen: number[] = [];
  for (let k = cuts.length - 1, i = distinct.length; i > 0; k--) {
    const from = cuts[k]![i]!;
    if (from < 0) continue;
    chosen.unshift(distinct[i - 1]!);
    i = from;
  }
  return chosen;
}

export function countTargets(row: TokenizedRow): number {
  let count = 0;
  for (let i = 1; i < row.ids.length; i++) if (row.trained[i]) count++;
  return count;
}

function roundUp(length: number): number {
  return Math.ceil(length / grain) * grain;
}

/** The feeds of one micro-batch: right-padded ids, and where the targets are. */
export interface BatchFeeds {
  ids: BigInt64Array;
  positions: BigInt64Array;
  labels: BigInt64Array;
  weights: Float32Array;
}

/**
 * @param weight the weight of each target: 1 over the targets of the whole optimizer step
 */
export function batchFeeds(rows: readonly TokenizedRow[], batch: MicroBatch, weight: number): BatchFeeds {
  const { tokens, targets } = batch.shape;
  const feeds: BatchFeeds = {
    ids: new BigInt64Array(batch.shape.rows * tokens),
    positions: new BigInt64Array(targets),
    labels: new BigInt64Array(targets),
    weights: new Float32Array(targets),
  };
  let target = 0;
  batch.rows.forEach((index, place) => {
    const { ids, trained } = rows[index]!;
    for (let t = 0; t < ids.length; t++) {
      feeds.ids[place * tokens + t] = BigInt(ids[t]!);
      if (t === 0 || !trained[t]) continue;
      feeds.positions[target] = BigInt(place * tokens + t - 1);
      feeds.labels[target] = BigInt(ids[t]!);
      feeds.weights[target] = weight;
      target++;
    }
  });
  return feeds;
}
