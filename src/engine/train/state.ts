/**
 * What training changes: the trained arrays, and AdamW's two moments. Each is one flat typed array, so that the
 * optimizer runs on equal chunks, sessions are fed views without a copy, and a checkpoint is three writes.
 *
 * Arrays that decay come first; both groups are padded to whole chunks, so that a chunk has one decay.
 */
import { createHash } from "node:crypto";
import { readSafetensorsHeader, readTensorFloat32Chunks } from "../../files/safetensors.ts";
import { writeSafetensors } from "../../files/safetensors-writer.ts";
import type { Trainable } from "../../methods/method.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { Random } from "../../random/random.ts";
import { sizeOf } from "../graph/value.ts";

const flatNames = ["parameters", "firstMoments", "secondMoments"] as const;

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

  /** Writes everything an exact resume needs, atomically. */
  async save(path: string, step: number): Promise<void> {
    const tensor = (name: string, data: Float32Array) => ({
      name,
      dtype: "F32" as const,
      shape: [data.length],
      data,
    });
    const tensors = flatNames.map((name) => tensor(name, this[name]));
    await writeSafetensors(path, tensors, { metadata: { step: String(step), layout: this.#layout() } });
  }

  /**
   * Reads what `save` wrote and returns its step.
   * @throws `safetensors-invalid`, or `run-corrupt` if the file belongs to another recipe; this state may then be half read
   */
  async load(path: string): Promise<number> {
    const { metadata, entries } = await readSafetensorsHeader(path);
    if (metadata.layout !== this.#layout()) {
      throw new TunesmithError(
        "run-corrupt",
        `${path} holds the state of other trained arrays than the recipe names`,
        "The recipe of a run must not change; start a new run.",
      );
    }
    for (const name of flatNames) {
      let offset = 0;
      for await (const chunk of readTensorFloat32Chunks(entries.find((entry) => entry.name === name)!)) {
        this[name].set(chunk, offset);
        offset += chunk.length;
      }
    }
    return Number(metadata.step);
  }

  /** Which array lies where, in short, so that a state is never read into another arrangement. */
  #layout(): string {
    const places = [...this.arrays].map(([name, { shape, offset }]) => `${name} [${shape}] ${offset}`);
    return createHash("sha256").update(places.join("\n")).digest("hex");
  }

  /** The trained arrays, as views. */
  tensors(): Map<string, { shape: readonly number[]; data: Float32Array }> {
    return new Map(
      [...this.arrays].map(([name, { shape }]) => [name, { shape, data: this.view(this.parameters, name) }]),
    );
  }
}
