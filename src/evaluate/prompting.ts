/**
 * Zero-, one- and few-shot prompting: which training rows are shown before the question, and in which form.
 *
 * T. Brown et al., "Language models are few-shot learners" (arXiv:2005.14165). Shots are turns of the conversation, as
 * in lm-evaluation-harness's `--fewshot_as_multiturn`, so that the model's own chat template frames them.
 */
import { Random } from "../random/random.ts";

export interface ChatMessage {
  role: string;
  content: string;
}

/** A row of the dataset: what is asked, and the answer wanted. */
export interface Example {
  /** Where the row stands, for people: "train.jsonl:12". */
  id: string;
  /** Everything before the answer: a system message perhaps, then turns, the last of them the user's. */
  messages: ChatMessage[];
  answer: string;
}

export interface ShotChoice {
  seed: number;
  /**
   * The label of a row, where labels are the task: the shots then take turns through the labels, so that no label is
   * shown a second time before each was shown once. Which labels come first is drawn too.
   */
  labelOf?: (example: Example) => string;
  /** Draw anew for every question instead of showing all questions the same shots. Default false. */
  drawForEach?: boolean;
}

/**
 * Prepares the drawing of shots from the training rows. Equal rows are drawn once.
 *
 * The result gives the shots for a question: the first `count` of a seeded random order, so that one shot is also the
 * first of four. A training row that asks the very question is skipped, so that its answer is never shown.
 *
 * @param question the row asked about
 * @param row its number among the questions; it matters only with `drawForEach`
 */
export function shotDrawer(
  training: readonly Example[],
  choice: ShotChoice,
): (question: Example, row: number, count: number) => Example[] {
  const distinct = [...new Map(training.map((example) => [contentKey(example), example])).values()];
  const order = (...draw: number[]): Example[] => {
    const shuffled = new Random("shots", choice.seed, ...draw).shuffle([...distinct]);
    return choice.labelOf ? takeTurns(shuffled, choice.labelOf) : shuffled;
  };
  const shared = order();
  return (question, row, count) => {
    if (count === 0) return [];
    const asked = messagesKey(question);
    const line = choice.drawForEach ? order(row) : shared;
    const shots: Example[] = [];
    for (const example of line) {
      if (shots.length === count) break;
      if (messagesKey(example) !== asked) shots.push(example);
    }
    return shots;
  };
}

/** The first row of each label in the order the labels are met, then the second of each, and so on. */
function takeTurns(examples: readonly Example[], labelOf: (example: Example) => string): Example[] {
  const byLabel = new Map<string, Example[]>();
  for (const example of examples) {
    const label = labelOf(example);
    const queue = byLabel.get(label);
    if (queue) queue.push(example);
    else byLabel.set(label, [example]);
  }
  const queues = [...byLabel.values()];
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  const line: Example[] = [];
  for (let turn = 0; turn < longest; turn++) {
    for (const queue of queues) if (turn < queue.length) line.push(queue[turn]!);
  }
  return line;
}

/** A question made ready to send. */
export interface Prompt {
  messages: ChatMessage[];
  /** The shots it holds, in order. */
  shots: Example[];
  /** How many shots were drawn but did not fit. */
  dropped: number;
  /** Length of the prompt in tokens. */
  tokens: number;
  /** False where even the bare question is longer than the room there is: such a row cannot be asked. */
  fits: boolean;
}

/**
 * Puts shots before a question. Shots that do not fit are dropped from the end.
 *
 * @param countTokens length of a conversation in tokens, as it will be sent
 * @param room the most tokens a prompt may have: the context length less the tokens kept for the answer
 */
export async function buildPrompt(
  question: Example,
  shots: readonly Example[],
  countTokens: (messages: ChatMessage[]) => Promise<number>,
  room: number,
): Promise<Prompt> {
  for (let kept = shots.length; ; kept--) {
    const messages = withShots(question, shots.slice(0, kept));
    const tokens = await countTokens(messages);
    if (tokens <= room || kept === 0) {
      return {
        messages,
        shots: shots.slice(0, kept),
        dropped: shots.length - kept,
        tokens,
        fits: tokens <= room,
      };
    }
  }
}

/**
 * The question's own system message first, then each shot's turns with its answer, then the question. The shots' system
 * messages are left out: a conversation has one, and it is the question's.
 */
export function withShots(question: Example, shots: readonly Example[]): ChatMessage[] {
  const opening = question.messages.findIndex(({ role }) => role !== "system");
  const at = opening < 0 ? question.messages.length : opening;
  return [
    ...question.messages.slice(0, at),
    ...shots.flatMap(({ messages, answer }) => [
      ...messages.filter(({ role }) => role !== "system"),
      { role: "assistant", content: answer },
    ]),
    ...question.messages.slice(at),
  ];
}

function messagesKey(example: Example): string {
  return JSON.stringify(example.messages.map(({ role, content }) => [role, content.trim()]));
}

function contentKey(example: Example): string {
  return JSON.stringify([messagesKey(example), example.answer.trim()]);
}
