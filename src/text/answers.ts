/**
 * Where the answers stand in a rendered conversation: the stretches that the model itself would write, each with the
 * control token that ends it.
 *
 * The template knows, and is asked in this order.
 * 1. It marks them itself, with `{% generation %}`.
 * 2. Else the conversation is rendered in growing parts: an answer is what a turn adds to its prompt. This needs the
 *    parts to be prefixes of the whole.
 * 3. Where they are not, because the template rewrites history (those of thinking models drop earlier thoughts), only
 *    the last answer counts: the earlier ones do not stand in the text as the model would write them.
 */
import type { ChatRow, Message } from "./conversation.ts";
import type { ChatTemplate, Span } from "./template.ts";

export interface Answer extends Span {
  /** Whether the stretch ends in a control token, at which generation stops. */
  ended: boolean;
  /** False for an answer of weight 0: it is context only. */
  learned: boolean;
}

export interface LaidOut {
  /** The whole row as the model reads it. */
  text: string;
  /** In order; none for a conversation without assistant turns. */
  answers: Answer[];
  /** What generation would give the model before the last answer; undefined where the template refuses to. */
  prompt: string | undefined;
  /** Where the last answer begins. */
  promptEnd: number;
  /** Only the last answer was found, because the template writes earlier ones differently once they are history. */
  historyRewritten: boolean;
}

/**
 * Renders a conversation and finds its answers.
 *
 * @param endTokens the control tokens that may end an answer.
 * @throws `template-invalid` where the template refuses the conversation.
 */
export function layOut(row: ChatRow, template: ChatTemplate, endTokens: readonly string[]): LaidOut {
  const { messages, tools } = row;
  const { text, generated } = template.renderMarked(messages, { tools });
  const turns = messages.flatMap((message, i) => (message.role === "assistant" ? [i] : []));
  const last = turns.at(-1);
  if (last === undefined) {
    return { text, answers: [], prompt: undefined, promptEnd: text.length, historyRewritten: false };
  }

  const asked = { messages, tools, template, endTokens, text };
  const prompt = promptOf(asked, last);
  const marked = markedAnswers(asked, turns, generated);
  const byTurn =
    marked ?? turns.map((turn) => addedAnswer(asked, turn, turn === last ? prompt : promptOf(asked, turn)));
  const historyRewritten = turns.length > 1 && byTurn.some((answer) => answer === undefined);
  const lastAnswer = byTurn.at(-1) ?? partedAnswer(asked, last, prompt);
  const answers = historyRewritten ? [lastAnswer] : [...(byTurn.slice(0, -1) as Answer[]), lastAnswer];
  const promptEnd = prompt !== undefined && text.startsWith(prompt) ? prompt.length : answers.at(-1)!.start;
  return { text, answers, prompt, promptEnd, historyRewritten };
}

interface Asked {
  messages: readonly Message[];
  tools: readonly unknown[] | undefined;
  template: ChatTemplate;
  endTokens: readonly string[];
  text: string;
}

/** The text that generation would continue with the answer at index `turn`. */
function promptOf({ messages, tools, template }: Asked, turn: number): string | undefined {
  return template.tryRender(messages.slice(0, turn), { addGenerationPrompt: true, tools });
}

/**
 * The answers that the template marks, or undefined where it marks none, or where there are other than one mark a turn
 * and it is not plain which of them an answer of weight 0 has.
 */
function markedAnswers(asked: Asked, turns: readonly number[], marks: readonly Span[]): Answer[] | undefined {
  const isLearned = turns.map((turn) => asked.messages[turn]!.weight !== 0);
  if (marks.length === 0 || (marks.length !== turns.length && isLearned.includes(false))) return undefined;
  return marks.map((mark, i) => markedAnswer(asked, mark, isLearned[i] ?? true));
}

/** What stands inside a mark counts, and an end token right after it. */
function markedAnswer({ text, endTokens }: Asked, { start, end }: Span, learned: boolean): Answer {
  const ended = endTokens.some((token) => text.slice(start, end).trimEnd().endsWith(token));
  if (ended) return { start, end, ended, learned };
  const next = endTokens.find((token) => text.startsWith(token, end));
  return { start, end: end + (next?.length ?? 0), ended: next !== undefined, learned };
}

/** An answer as what its turn adds to its prompt, provided that it stands so in the whole text. */
function addedAnswer(asked: Asked, turn: number, before: string | undefined): Answer | undefined {
  const { text, messages, tools, template } = asked;
  const isLast = turn === messages.length - 1;
  const through = isLast ? text : template.tryRender(messages.slice(0, turn + 1), { tools });
  if (before === undefined || !through?.startsWith(before) || through.length === before.length)
    return undefined;
  const answer = untilItsEnd(asked, turn, through, before.length);
  return text.startsWith(through.slice(0, answer.end)) ? answer : undefined;
}

/**
 * The last answer where its prompt is no prefix of the text (a `<think>` that the prompt opens and the finished turn
 * lacks): it begins where the two part.
 */
function partedAnswer(asked: Asked, turn: number, prompt = ""): Answer {
  const { text } = asked;
  let start = 0;
  while (start < prompt.length && prompt[start] === text[start]) start++;
  return untilItsEnd(asked, turn, text, start);
}

/**
 * From `start` to the end token of the turn. A plain answer ends at the first control token after what is said; a turn
 * that calls tools, where control tokens may stand inside, at the last. Without one, blanks that the template adds
 * are left out.
 */
function untilItsEnd({ messages, endTokens }: Asked, turn: number, text: string, start: number): Answer {
  const { content, weight, tool_calls: calls } = messages[turn]!;
  const learned = weight !== 0;
  const said = content.trim();
  const at = said === "" ? -1 : text.indexOf(said, start);
  if (at >= 0 && calls === undefined) {
    const saidEnd = at + said.length;
    const ends = endTokens.map((token) => [text.indexOf(token, saidEnd), token.length] as const);
    const [first] = ends.filter(([place]) => place >= 0).sort(([a], [b]) => a - b);
    if (first !== undefined) return { start, end: first[0] + first[1], ended: true, learned };
    const blanks = content.slice(content.trimEnd().length);
    const kept = text.startsWith(blanks, saidEnd) ? blanks.length : 0;
    if (text.slice(saidEnd).trim() === "") return { start, end: saidEnd + kept, ended: false, learned };
  }
  const end = text.trimEnd().length;
  return { start, end, ended: endTokens.some((token) => text.endsWith(token, end)), learned };
}
