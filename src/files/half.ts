/**
 * Conversion between float32 and the two 16-bit types of model files: IEEE 754 binary16 ("float16") and bfloat16,
 * the upper half of a float32. Node 20 has no Float16Array, so 16-bit values travel as their bits in a Uint16Array.
 *
 * Widening is exact, NaN payloads included. Narrowing rounds to nearest, ties to even, with subnormals, and
 * overflows to infinity as IEEE 754 asks; a NaN stays a NaN (made quiet). All arithmetic is on the bits, so
 * nothing depends on how an engine treats NaN payloads.
 */

/** float32 bits of each of the 65 536 binary16 values: one lookup a value, 256 KiB. Built on first use. */
let float16Table: Uint32Array | undefined;

function makeFloat16Table(): Uint32Array {
  const table = new Uint32Array(0x10000);
  for (let half = 0; half < 0x8000; half++) {
    const exponent = half >>> 10;
    const mantissa = half & 0x3ff;
    let bits: number;
    if (exponent === 31) {
      bits = 0x7f800000 | (mantissa << 13);
    } else if (exponent > 0) {
      bits = ((exponent + 127 - 15) << 23) | (mantissa << 13);
    } else if (mantissa === 0) {
      bits = 0;
    } else {
      // A subnormal, mantissa · 2⁻²⁴: its leading one, at bit `top`, becomes the implicit one of a float32.
      const top = 31 - Math.clz32(mantissa);
      bits = ((top - 24 + 127) << 23) | ((mantissa << (23 - top)) & 0x7fffff);
    }
    table[half] = bits;
    table[half | 0x8000] = bits | 0x80000000;
  }
  return table;
}

const bitsOf = (values: Float32Array): Uint32Array =>
  new Uint32Array(values.buffer, values.byteOffset, values.length);

/** Widens binary16 bits to float32, exactly, into `target` (same length) or a new array. */
export function float16ToFloat32(
  source: Uint16Array,
  target: Float32Array = new Float32Array(source.length),
): Float32Array {
  float16Table ??= makeFloat16Table();
  const table = float16Table;
  const bits = bitsOf(target);
  for (let i = 0; i < source.length; i++) bits[i] = table[source[i]!]!;
  return target;
}

/** Widens bfloat16 bits to float32, exactly, into `target` (same length) or a new array. */
export function bfloat16ToFloat32(
  source: Uint16Array,
  target: Float32Array = new Float32Array(source.length),
): Float32Array {
  const bits = bitsOf(target);
  for (let i = 0; i < source.length; i++) bits[i] = source[i]! << 16;
  return target;
}

/** Rounds float32 to bfloat16 bits (nearest, ties to even), into `target` (same length) or a new array. */
export function float32ToBfloat16(
  source: Float32Array,
  target: Uint16Array = new Uint16Array(source.length),
): Uint16Array {
  const bits = bitsOf(source);
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i]!;
    const notANumber = (value & 0x7fffffff) > 0x7f800000;
    // Adding just under half a unit, or half of one above an odd result, carries exactly when rounding goes up.
    target[i] = notANumber ? (value >>> 16) | 0x40 : (value + 0x7fff + ((value >>> 16) & 1)) >>> 16;
  }
  return target;
}

/** Rounds float32 to binary16 bits (nearest, ties to even), into `target` (same length) or a new array. */
export function float32ToFloat16(
  source: Float32Array,
  target: Uint16Array = new Uint16Array(source.length),
): Uint16Array {
  const bits = bitsOf(source);
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i]!;
    const magnitude = value & 0x7fffffff;
    target[i] = ((value >>> 16) & 0x8000) | float16Magnitude(magnitude);
  }
  return target;
}

function float16Magnitude(magnitude: number): number {
  if (magnitude >= 0x38800000) {
    // At least 2⁻¹⁴, the smallest normal: rebias the exponent and drop 13 mantissa bits.
    if (magnitude < 0x47800000) {
      return (magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
    }
    if (magnitude <= 0x7f800000) return 0x7c00;
    return 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  }
  // A subnormal result counts units of 2⁻²⁴; `shift` bits of the 24-bit significand fall below one unit.
  const shift = 126 - (magnitude >>> 23);
  if (shift > 24) return 0;
  const significand = (magnitude & 0x7fffff) | 0x800000;
  const units = significand >>> shift;
  const rest = significand & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (units & 1) === 1) ? units + 1 : units;
}
