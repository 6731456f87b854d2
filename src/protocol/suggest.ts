/**
 * "Did you mean …?": the nearest of the words that would have been right.
 * Distance is Damerau–Levenshtein's restricted form (optimal string alignment): insert, delete, replace, swap neighbours.
 */

/** The candidate nearest to `word`, ignoring case, or undefined when none is near enough to be a slip of the fingers. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const typed = word.toLowerCase();
  let best: string | undefined;
  // A third of the letters may be wrong: "warmup" for "warmupRatio" is not a slip, so a whole prefix counts as near too.
  let bestDistance = Math.floor(Math.max(3, typed.length) / 3) + 1;
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    const distance = typed.length >= 3 && known.startsWith(typed) ? 1 : editDistance(typed, known);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Inserts, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(row[j - 1]! + 1, last[j]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
      }
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
