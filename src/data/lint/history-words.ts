/** How a row's history is put in a message. */
import type { RowHistory } from "./history.ts";

/** `confidence 0.31, variability 0.12`. */
export function learnedInWords({ confidence, variability }: RowHistory): string {
  const parts = [`confidence ${confidence.toFixed(2)}`];
  if (variability !== null) parts.push(`variability ${variability.toFixed(2)}`);
  return parts.join(", ");
}
