/** Labels that are another one, misspelled. */
import { editDistance } from "../../protocol/suggest.ts";

/** A label that occurs so often at most may be another one with a letter wrong, if that occurs so many times as often. */
const mostSlips = 2;
const times = 5;
/** One that occurs more often may be, too, if somebody has made the same slip again and again beside many more rows. */
const timesOfMore = 50;

/**
 * The label that one is meant to be: it differs in case, blanks, hyphens or a final stop and is more frequent; or in a
 * letter, and is much more frequent. Numbers are never slips of each other.
 *
 * @param labels all, with their rows, the most frequent first
 */
export function labelMeant(
  label: string,
  count: number,
  labels: readonly (readonly [label: string, rows: number])[],
): string | undefined {
  const folded = folding(label);
  for (const [other, rows] of labels) {
    if (rows <= count) break;
    if (other !== label && folding(other) === folded) return other;
  }
  if (folded.length < 5) return undefined;
  const least = count * (count > mostSlips ? timesOfMore : times);
  for (const [other, rows] of labels) {
    if (rows < least) break;
    if (other !== label && isSlip(folded, folding(other))) return other;
  }
  return undefined;
}

function folding(label: string): string {
  return label
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .replace(/[.!]+$/, "")
    .trim();
}

/** One letter, or two of many; the first is right ("legal" and "illegal" are two labels), and digits are the same. */
function isSlip(label: string, other: string): boolean {
  if (label[0] !== other[0] || Math.abs(label.length - other.length) > 2) return false;
  if (digits(label) !== digits(other)) return false;
  return editDistance(label, other) <= (Math.min(label.length, other.length) < 12 ? 1 : 2);
}

function digits(label: string): string {
  return label.replace(/\D+/g, " ").trim();
}
