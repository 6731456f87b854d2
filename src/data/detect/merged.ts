/** Where an answer is over and the next example begins, which somebody's script has not cut apart. */

/** "18. Instruction:", as in Alpaca's data; with its number or a heading, so that no sentence is meant. */
const numbered = /(?<=\n)[ \t]{0,3}#{0,4} ?\d{1,3}\. ?Instruction ?:|(?<=\n)#{2,4} ?Task \d{1,3} ?:?(?=\n)/;
/** A second question and its answer, by the speakers' names. */
const speakers =
  /(?<=\n)[ \t]{0,3}(?:Human|User|Question|Q) ?: ?[^\n]{1,500}\n{1,3}[ \t]{0,3}(?:Assistant|AI|Bot|Answer|A) ?:/;
const anySpeaker = /^\s{0,9}(?:\*\*)?[A-Z][A-Za-z ]{0,20}(?:\*\*)? ?:/;
/** Whoever asks for such a text gets it. */
const wanted =
  /dialog|conversation|chat|script|transcript|interview|faq|q ?(?:&|and) ?a\b|quiz|questions?\b|exchange|few-shot|examples?\b|instructions?\b|role-?play/i;

/** Where the next example begins; `asked` is what the answer replies to. */
export function mergedExample(text: string, asked: string): [start: number, end: number] | undefined {
  const match =
    numbered.exec(text) ?? (anySpeaker.test(text) || wanted.test(asked) ? null : speakers.exec(text));
  return match ? [match.index, match.index + match[0].length] : undefined;
}

/** Quick: whether there can be one. */
export function mayBeMerged(text: string): boolean {
  return (
    text.includes("\n") &&
    (text.includes("Instruction") || /\n\s{0,3}(?:Human|User|Q)/.test(text) || text.includes("Task "))
  );
}
