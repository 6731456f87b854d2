/**
 * What training changes: the trained arrays, and AdamW's two moments. Each is one flat typed array, so that the
 * optimizer runs on equal chunks, sessions are fed views without a copy, and a checkpoint is three writes.
 *
 * Arrays that decay come first; both groups are padded to whole chunks, so that a chunk has one decay.
 */

import { Random } from "../../random/random.ts";
import { sizeOf } from "../graph/value.ts";
import type { Trainable } from "../tune/method.ts";

export class TrainingState {
  readonly arrays: ReadonlyMap<string, { shape: readonly number[]; offset: number; size: number }>;
  /** Elements of one chunk. */
  readonly chunk: number;
  /** Elements, padding included. */
  readonly length: number;
  /** Elements that decay, padding included. */
  readonly decaying: number;
  readonly parameters: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
  /** Elements that are trained, padding left out. */
  readonly trainedCount: number;

  constructor(trainables: readonly Trainable[]) {
    this.trainedCount = trainables.reduce((total, { shape }) => total + sizeOf(shape), 0);
    this.chunk = Math.min(2 ** 20, 2 ** Math.ceil(Math.log2(this.trainedCount)));
    const arrays = new Map<string, { shape: readonly number[]; offset: number; size: number }>();
    let offset = 0;
    const place = (group: readonly Trainable[]) => {
      for (const { name, shape } of group) {
        arrays.set(name, { shape, offset, size: sizeOf(shape) });
        offset += sizeOf(shape);
      }
      offset = Math.ceil(offset / this.chunk) * this.chunk;
    };
    place(trainables.filter((each) => each.decay));
    this.decaying = offset;
    place(trainables.filter((each) => !each.decay));
    this.arrays = arrays;
    this.length = offset;
    this.parameters = new Float32Array(offset);
    this.firstMoments = new Float32Array(offset);
    this.secondMoments = new Float32Array(offset);
  }

  /** The part of a flat array (parameters, gradients) that belongs to one trained array. */
  view(flat: Float32Array, name: string): Float32Array {
    const { offset, size } = this.arrays.get(name)!;
    return flat.subarray(offset, offset + size);
  }

  /**
   * Fills the parameters with their initial values.
   * @param base reads a tensor of the base model
   */
  async initialise(
    trainables: readonly Trainable[],
    seed: number,
    base: (name: string) => Promise<Float32Array>,
  ): Promise<void> {
    for (const { name, initial } of trainables) {
      const target = this.view(this.parameters, name);
      if (initial === "base") target.set(await base(name));
      else if (initial !== "zeros") {
        const random = new Random(seed, "initial", name);
        for (let i = 0; i < target.length; i++) target[i] = (2 * random.uniform() - 1) * initial.bound;
      }
    }
  }

  /** The trained arrays, as views. */
  tensors(): Map<string, { shape: readonly number[]; data: Float32Array }> {
    return new Map(
      [...this.arrays].map(([name, { shape }]) => [name, { shape, data: this.view(this.parameters, name) }]),
    );
  }
}
