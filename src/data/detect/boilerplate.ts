/** What other assistants say of themselves, and how they decline. */

export interface Boilerplate {
  start: number;
  end: number;
  what: "identity" | "maker" | "refusal";
}

const identity =
  /\b(?:as|I am|I['’]m|just|only|being) an? (?:(?:AI|artificial intelligence)(?:[- ]powered)? (?:language model|model|assistant|chatbot)|(?:large |AI )?language model|AI(?=,))/i;
const maker =
  /\bI(?: am|['’]m| was|, ChatGPT)(?! not)(?: an? [a-z ]{1,40})? ?(?:,? ?(?:created|trained|developed|made|built) by (?:OpenAI|Anthropic|Google|Meta|Microsoft)|ChatGPT|GPT-\d\b)|\bmy knowledge cut-?off\b/i;
/** Only where the answer begins with it. */
const refusal =
  /^\s{0,9}(?:(?:I['’]m|I am) (?:really |very |so )?sorry|Sorry|I apologi[sz]e|My apologies|Unfortunately)?[,.]?\s?(?:but )?(?:as an AI[a-z ]{0,30}, )?I(?:['’]m| am)? ?(?:can(?:no|['’])t|can not|unable to|not able to|not comfortable|won['’]t|will not) (?:be able to )?(?:assist|help|fulfill|comply|provide|generate|create|write|engage|answer|do that|support|access|browse)\b/i;

/** The first that is found. */
export function boilerplateIn(text: string): Boilerplate | undefined {
  if (/^\s{0,9}[ISMU]/.test(text)) {
    const match = refusal.exec(text.slice(0, 200));
    if (match) return { start: match[0].search(/\S/), end: match[0].length, what: "refusal" };
  }
  if (
    !text.includes("AI") &&
    !text.includes("language model") &&
    !text.includes("GPT") &&
    !text.includes("knowledge cut")
  ) {
    return undefined;
  }
  const self = identity.exec(text);
  if (self) return { start: self.index, end: self.index + self[0].length, what: "identity" };
  const made = maker.exec(text);
  return made ? { start: made.index, end: made.index + made[0].length, what: "maker" } : undefined;
}
