/** Rotary position embeddings (Su et al., 2021): the angles, and the two ways of scaling them for longer contexts. */
import type { RopeConfig } from "../../architectures/config.ts";

/**
 * @returns cosines and sines, each `[positions, headDim / 2]`, float32, computed as transformers does: frequencies and
 *   angles in float32
 */
export function rotaryTables(
  rope: RopeConfig,
  headDim: number,
  positions: number,
): { cosines: Float32Array; sines: Float32Array } {
  const frequencies = rotaryFrequencies(rope, headDim);
  const half = frequencies.length;
  const cosines = new Float32Array(positions * half);
  const sines = new Float32Array(positions * half);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(position * frequencies[i]!);
      cosines[position * half + i] = Math.cos(angle);
      sines[position * half + i] = Math.sin(angle);
    }
  }
  return { cosines, sines };
}

/** theta^(-2i/headDim), scaled. */
function rotaryFrequencies({ theta, scaling }: RopeConfig, headDim: number): Float32Array {
  const frequencies = Float32Array.from(
    { length: headDim / 2 },
    (_, i) => 1 / Math.fround(theta ** Math.fround((2 * i) / headDim)),
  );
  switch (scaling.type) {
    case "default":
      return frequencies;
    case "linear": // Chen et al., 2023, "position interpolation"
      return frequencies.map((frequency) => frequency / scaling.factor);
    case "llama3": {
      // Grattafiori et al., 2024: long wavelengths are stretched, short ones kept, those between interpolated.
      const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = scaling;
      return frequencies.map((frequency) => {
        const wavelength = (2 * Math.PI) / frequency;
        if (wavelength < originalPositions / high) return frequency;
        if (wavelength > originalPositions / low) return frequency / factor;
        const smooth = (originalPositions / wavelength - low) / (high - low);
        return ((1 - smooth) * frequency) / factor + smooth * frequency;
      });
    }
  }
}
