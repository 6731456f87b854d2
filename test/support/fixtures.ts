/** Reading the fixtures that PyTorch made, and comparing arrays with them. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openSafetensors, readTensorBytes, readTensorFloat32 } from "../../src/files/safetensors.ts";

export const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));

export interface FixtureFile {
  names: string[];
  floats(name: string): Promise<Float32Array>;
  integers(name: string): Promise<Int32Array>;
  shape(name: string): readonly number[];
}

export async function openFixture(path: string): Promise<FixtureFile> {
  const tensors = await openSafetensors(fixture(path));
  const entry = (name: string) => {
    const found = tensors.get(name);
    assert.ok(found, `${path} has no tensor ${name}`);
    return found;
  };
  return {
    names: [...tensors.keys()],
    floats: (name) => readTensorFloat32(entry(name)),
    async integers(name) {
      const bytes = await readTensorBytes(entry(name));
      return new Int32Array(bytes.slice().buffer);
    },
    shape: (name) => entry(name).shape,
  };
}

/** Largest difference, relative to the largest expected magnitude. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(actual.length, expected.length);
  let difference = 0;
  let magnitude = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    magnitude = Math.max(magnitude, Math.abs(expected[i]!));
    if (Number.isNaN(actual[i])) return Number.NaN;
  }
  return magnitude === 0 ? difference : difference / magnitude;
}

export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  const error = relativeError(actual, expected);
  assert.ok(error <= tolerance, `${what}: relative error ${error}, at most ${tolerance} allowed`);
}
