/** Whether a string is random enough to be a key, or one that somebody made up for documentation. */

/** Bits per character (Shannon). */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const madeUp =
  /example|sample|dummy|fake|test|your|my[_-]?(?:key|token|secret)|placeholder|redacted|secret|changeme|x{4}|\*{3}|\.{3}|0{5}|12345|abcde|qwerty|deadbeef|foobar|goes[_-]?here|insert/i;

/** @param least bits per character that a real one has at its length */
export function isMadeUp(key: string, least: number): boolean {
  return madeUp.test(key) || entropy(key) < least;
}
