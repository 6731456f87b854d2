/** Texts that are nothing to learn: shouted, or made of signs. Code, tables, formulas and lists are left alone. */
import { mayBeCode, proseOf } from "./code.ts";
import { leastLetters, oddSigns } from "./suspicion.ts";

/** Of the letters, those that are capitals; 0 where there are too few, or where they are no words. */
export function shareOfCapitals(text: string): number {
  if (mayBeCode(text)) return 0;
  let letters = 0;
  let capitals = 0;
  let words = 0;
  for (const [word] of text.matchAll(/\p{L}+/gu)) {
    // DNA, keys and names without blanks.
    if (word.length > 24) return 0;
    words++;
    for (const letter of word) {
      const isCapital = letter !== letter.toLowerCase();
      // Scripts without two cases have neither.
      if (isCapital || letter !== letter.toUpperCase()) letters++;
      if (isCapital) capitals++;
    }
  }
  const meanLength = letters / Math.max(1, words);
  // Names and abbreviations, one after the other.
  const isList = text.split(/[,;•]/).length * 2 > words;
  return letters < leastLetters || words < 10 || meanLength < 3 || isList ? 0 : capitals / letters;
}

const odd = new RegExp(`[${oddSigns.replace(/[\\\]^-]/g, "\\$&")}]`, "g");

/** Of all characters but blanks, signs that stand in no prose so often; those beside digits are not counted. */
export function shareOfSigns(text: string): number {
  if (mayBeCode(text)) return 0;
  const visible = text.replace(/\s+/g, "");
  if (visible.length < leastLetters) return 0;
  let signs = 0;
  for (const { index } of visible.matchAll(odd)) {
    if (!isDigit(visible[index - 1]) && !isDigit(visible[index + 1])) signs++;
  }
  return signs / visible.length;
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= "0" && character <= "9";
}

/** What is left to judge for repetition. */
export function repeatable(text: string): string {
  const prose = proseOf(text);
  // Verse, tables and rows of numbers repeat themselves by nature; a quarter of a text must be sentences.
  return prose.length * 4 < text.length ? "" : prose;
}
