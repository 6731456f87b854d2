/** Keys and values of the tokens so far, on the host: per layer [rows, keyValueHeads, capacity, headDim], fed as they lie. */
import type { DecoderConfig } from "../../architectures/config.ts";
import type { Data } from "../runtime/session.ts";

export class KeyValueCache {
  readonly capacity: number;
  /** Filled places, the same for all rows. */
  length = 0;
  readonly #blocks: number;
  readonly #headDim: number;
  readonly #arrays: Record<string, Float32Array> = {};

  constructor(config: DecoderConfig, rows: number, capacity: number) {
    this.capacity = capacity;
    this.#blocks = rows * config.keyValueHeads;
    this.#headDim = config.headDim;
    for (let layer = 0; layer < config.layers; layer++) {
      for (const kind of ["keys", "values"]) {
        this.#arrays[`${kind}:${layer}`] = new Float32Array(this.#blocks * capacity * config.headDim);
      }
    }
  }

  feeds(): Record<string, Float32Array> {
    return this.#arrays;
  }

  /** Appends the keys and values of `tokens` new tokens, as a step returned them. */
  append(results: Record<string, Data>, tokens: number): void {
    const width = this.#headDim;
    for (const [name, array] of Object.entries(this.#arrays)) {
      const next = results[`next${name[0]!.toUpperCase()}${name.slice(1)}`] as Float32Array;
      for (let block = 0; block < this.#blocks; block++) {
        const from = next.subarray(block * tokens * width, (block + 1) * tokens * width);
        array.set(from, (block * this.capacity + this.length) * width);
      }
    }
    this.length += tokens;
  }
}
