/** 16-bit floats against their definition (IEEE 754-2019, 3.4), computed with doubles, never with bit tricks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
} from "../../src/files/half.ts";

const all16 = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
const bitsOf = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0]!;
const fromBits = (bits: number) => new Float32Array(Uint32Array.of(bits).buffer)[0]!;

/** The value of a binary float with sign 1, `exponentBits`, `mantissaBits`: the standard's formula. */
function definedValue(bits: number, exponentBits: number, mantissaBits: number): number {
  const sign = bits >>> (exponentBits + mantissaBits) ? -1 : 1;
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = (bits >>> mantissaBits) & (2 ** exponentBits - 1);
  const fraction = (bits & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
  if (exponent === 2 ** exponentBits - 1)
    return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

const formats = [
  { name: "float16", exponentBits: 5, mantissaBits: 10, widen: float16ToFloat32, narrow: float32ToFloat16 },
  { name: "bfloat16", exponentBits: 8, mantissaBits: 7, widen: bfloat16ToFloat32, narrow: float32ToBfloat16 },
];

for (const { name, exponentBits, mantissaBits, widen, narrow } of formats) {
  const infinity = (2 ** exponentBits - 1) << mantissaBits;

  test(`${name}: all 65 536 values widen to what the format defines`, () => {
    const wide = widen(all16);
    for (const bits of all16) {
      assert.ok(
        Object.is(wide[bits], definedValue(bits, exponentBits, mantissaBits)),
        `0x${bits.toString(16)} became ${wide[bits]}`,
      );
    }
  });

  test(`${name}: widening and narrowing again gives the same bits; a NaN stays a NaN`, () => {
    const again = narrow(widen(all16));
    for (const bits of all16) {
      if ((bits & 0x7fff) > infinity)
        assert.ok((again[bits]! & 0x7fff) > infinity, `NaN 0x${bits.toString(16)}`);
      else assert.equal(again[bits], bits);
    }
  });

  test(`${name}: between any two neighbours rounding goes to the nearer one, ties to even`, () => {
    for (let low = 0; low < infinity; low++) {
      // What the value above would be if the exponent had no end decides about overflow.
      const above =
        low + 1 === infinity
          ? 2 * 2 ** (2 ** (exponentBits - 1) - 1)
          : definedValue(low + 1, exponentBits, mantissaBits);
      const middle = (definedValue(low, exponentBits, mantissaBits) + above) / 2;
      if (Math.fround(middle) !== middle) continue; // No float32 lies exactly there.
      const middleBits = bitsOf(middle);
      const values = Float32Array.of(fromBits(middleBits - 1), middle, fromBits(middleBits + 1), -middle);
      const even = low & 1 ? low + 1 : low;
      assert.deepEqual([...narrow(values)], [low, even, low + 1, even | 0x8000], `at ${middle}`);
    }
  });
}

test("float16: random float32 bits round to the nearest of all float16 values", () => {
  const finite = Array.from({ length: 0x7c00 }, (_, bits) => definedValue(bits, 5, 10));
  let state = 12345;
  const values = Float32Array.from({ length: 20_000 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // Exponents around float16's range, subnormals and overflow included.
    return fromBits((state & 0x807fffff) | ((100 + (state % 45)) << 23));
  });
  const rounded = float32ToFloat16(values);
  for (const [i, value] of values.entries()) {
    const magnitude = Math.abs(value);
    const best = magnitude >= 65520 ? 0x7c00 : nearest(finite, magnitude);
    assert.equal(rounded[i], best | (value < 0 ? 0x8000 : 0), `${value}`);
  }
});

function nearest(sorted: number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle;
    else high = middle;
  }
  const down = value - sorted[low]!;
  const up = sorted[high]! - value;
  if (down === up) return low & 1 ? high : low;
  return down < up ? low : high;
}

test("values at the edges, from the IEEE 754 and bfloat16 definitions", () => {
  const values = Float32Array.of(1, -2, 65504, 65519.996, 65520, 2 ** -24, 2 ** -25, 2 ** -14, -0, 1 / 3);
  const float16 = [0x3c00, 0xc000, 0x7bff, 0x7bff, 0x7c00, 1, 0, 0x0400, 0x8000, 0x3555];
  assert.deepEqual([...float32ToFloat16(values)], float16);
  assert.deepEqual(
    [...float32ToBfloat16(Float32Array.of(1, -2, 1 / 3, 3.4e38, 3.4028235e38))],
    [0x3f80, 0xc000, 0x3eab, 0x7f80, 0x7f80],
  );
});

test("results land in the array given, also inside a larger buffer", () => {
  const target = new Float32Array(4);
  assert.equal(float16ToFloat32(Uint16Array.of(0x3c00, 0x4000), target.subarray(1, 3)).buffer, target.buffer);
  assert.deepEqual([...target], [0, 1, 2, 0]);
  const bits = new Uint16Array(4);
  float32ToBfloat16(target.subarray(1, 3), bits.subarray(2));
  assert.deepEqual([...bits], [0, 0, 0x3f80, 0x4000]);
});
