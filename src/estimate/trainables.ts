/** How many numbers a method trains in a model. */
import type { DecoderConfig } from "../architectures/config.ts";
import { countNumbers } from "../architectures/layout.ts";
import type { Method } from "../methods/method.ts";

export function trainableCount(model: DecoderConfig, method: Method): number {
  return countNumbers(method.trainables(model).map(({ shape }) => shape));
}
