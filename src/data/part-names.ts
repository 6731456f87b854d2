/** What files and the splits in them are for, by their names. */
import type { Part } from "./rules/rule.ts";

export const partNames: readonly (readonly [Part, RegExp])[] = [
  ["train", /(?<![a-z])(?:train|training)(?![a-z])/i],
  ["validation", /(?<![a-z])(?:validation|valid|val|dev)(?![a-z])/i],
  ["test", /(?<![a-z])(?:test|eval|holdout)(?![a-z])/i],
];

/** "banking-test", "dev": undefined for a name that does not say. */
export function partNamed(name: string): Part | undefined {
  return partNames.find(([, pattern]) => pattern.test(name))?.[0];
}
