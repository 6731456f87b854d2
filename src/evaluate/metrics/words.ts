/**
 * How texts are made comparable: folding (case, compatibility forms, whitespace), the answer normalisation after SQuAD,
 * and the words that overlap metrics count.
 */

/** NFKC (so full-width and ligature forms are one), lower case, whitespace runs as one space, trimmed. */
export function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
}

/** Punctuation, except a number's minus sign and its decimal point. */
const removable = /(?!(?<![\p{L}\p{N}])-(?=\p{N}))(?!(?<=\p{N})\.(?=\p{N}))[\p{P}`]/gu;

/**
 * An answer without what does not change it, after the SQuAD evaluation script (Rajpurkar et al., EMNLP 2016,
 * arXiv:1606.05250): folded, punctuation removed. Differences: articles stay (they are English), symbols such as
 * + < $ stay, and so do the sign and the decimal point of a number, so that -5 is not 5 and 1.5 is not 15. An answer of
 * nothing but punctuation is kept as it is.
 */
export function normaliseAnswer(text: string): string {
  const folded = fold(text);
  const bare = folded.replace(removable, "").replace(/\s+/gu, " ").trim();
  return bare === "" ? folded : bare;
}

/** Chinese and Japanese write no spaces between words; as in MLQA (arXiv:1910.07475), each character is then a word. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** The words of a normalised answer, as token F1 counts them. */
export function answerTokens(text: string): string[] {
  return normaliseAnswer(text).replace(unspaced, " $& ").match(/\S+/gu) ?? [];
}

/**
 * Runs of letters and digits in lower case. On ASCII text these are the tokens of Google's rouge-score without
 * stemming; unlike there, letters of every script count.
 */
export function words(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replace(unspaced, " $& ")
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  );
}
