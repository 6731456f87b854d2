/** A quick hash of text for telling rows apart: 53 bits, so that it fits a number. Not for anything that is kept. */

/**
 * Two rounds of multiply-and-rotate over UTF-16 units, mixed as MurmurHash3 ends (Appleby, public domain), in two
 * lanes. Two of a million different texts are equal by chance in one of about 20 000 files. Never 0.
 */
export function hashText(text: string): number {
  let a = 0x9e3779b9 ^ text.length;
  let b = 0x85ebca6b;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x5bd1e995);
    b = Math.imul(b ^ unit, 0x1b873593);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  a = mix(a ^ (b >>> 7));
  b = mix(b ^ (a >>> 9));
  return (a & 0x1fffff) * 2 ** 32 + (b >>> 0) || 1;
}

function mix(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The same text for people: Unicode's composed form (NFKC), lower case, blanks as one space. */
export function normalised(text: string): string {
  const composed = isAscii(text) ? text : text.normalize("NFKC");
  return composed.toLowerCase().replace(/\s+/g, " ").trim();
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant
  return /^[\x00-\x7f]*$/.test(text);
}
