/** Arrays with shapes for the tests of the engine: made from a seed, fed to sessions or mapped by them, compared. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Graph } from "../../../src/engine/graph/graph.ts";
import { sizeOf, type Value } from "../../../src/engine/graph/value.ts";
import {
  type Data,
  type MappedWeights,
  noWeights,
  Session,
  type SessionOptions,
} from "../../../src/engine/runtime/session.ts";
import { Random } from "../../../src/random/random.ts";
import { temporaryFolder } from "../../files/temporary.ts";

export interface Tensor {
  shape: readonly number[];
  data: Float32Array | BigInt64Array;
}

/** Uniform numbers between `low` and `high`. */
export function floats(name: string, shape: readonly number[], low = -2, high = 2): Tensor {
  const random = new Random("test", name);
  const data = Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * random.uniform());
  return { shape, data };
}

export function integers(shape: readonly number[], values: readonly number[]): Tensor {
  return { shape, data: BigInt64Array.from(values, (value) => BigInt(value)) };
}

/** Runs `outputs` once in a session of their own. */
export async function compute(
  g: Graph,
  outputs: Record<string, Value>,
  feeds: Record<string, Data> = {},
  options: SessionOptions = {},
): Promise<Record<string, Data>> {
  const session = await Session.create(g, outputs, options);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

/** Writes arrays one after another into a file, with a gap before them as a file's header would leave. */
export function writeWeights(t: TestContext, tensors: ReadonlyMap<string, Tensor>): MappedWeights {
  if (tensors.size === 0) return noWeights;
  const folder = temporaryFolder(t);
  const locations = new Map<string, { file: string; offset: number; byteLength: number }>();
  const parts: Uint8Array[] = [new Uint8Array(64).fill(0xff)];
  let offset = 64;
  for (const [name, { data }] of tensors) {
    locations.set(name, { file: "weights.bin", offset, byteLength: data.byteLength });
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  writeFileSync(join(folder, "weights.bin"), Buffer.concat(parts));
  return { folder, locations };
}

/** Every element within `tolerance` of the largest expected magnitude. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert.equal(actual.length, expected.length, `${what}: number of elements`);
  let largest = 0.05; // Near zeros are met absolutely.
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]!));
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    assert.ok(
      error <= tolerance * largest,
      `${what}: element ${i} is ${actual[i]}, expected ${expected[i]} (tolerance ${tolerance} × ${largest})`,
    );
  }
}

/** Bit for bit, so that -0 differs from 0 and NaN equals itself. */
export function assertSameBits(actual: Data, expected: Data, what: string): void {
  const bytes = ({ buffer, byteOffset, byteLength }: Data) => Buffer.from(buffer, byteOffset, byteLength);
  assert.ok(bytes(actual).equals(bytes(expected)), `${what}: the bits differ`);
}
