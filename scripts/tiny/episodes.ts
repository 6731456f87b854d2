/**
 * What the bundled model learns from: episodes of a question, its label, the next question, its label … Labels and
 * what they mean are drawn anew for every episode, so the only way to be right is to find the earlier question that is
 * like this one and repeat its label. Only labels whose class was shown before carry loss.
 */
import type { TokenizedRow } from "../../src/engine/train/batches.ts";
import type { Random } from "../../src/random/random.ts";
import { answerSign, endToken, idOf } from "./tokenizer.ts";
import { allContent, functionWords, labelWords, templates } from "./words.ts";

export interface Stage {
  name: string;
  /** Tokens of an episode. */
  tokens: number;
  /** Classes of an episode, at least and at most. */
  classes: [number, number];
  /** Nouns that belong to a class. */
  bag: number;
  /** Loss of known labels, in nats, at which the stage counts as learned: where words overlap by chance it cannot be 0. */
  learned: number;
  /** The question of a class, as words. */
  question(random: Random, bag: readonly string[]): string[];
}

/** From one word and its label to sentences: matching must be learned on the simplest form first (docs/log.md). */
export const stages: readonly Stage[] = [
  {
    name: "one word",
    tokens: 64,
    classes: [2, 6],
    bag: 1,
    learned: 0.5,
    question: (_, [word]) => [word!],
  },
  {
    name: "a word among others",
    tokens: 96,
    classes: [2, 6],
    bag: 1,
    learned: 0.6,
    question: (random, bag) => scattered(random, [bag[0]!], 1 + random.integer(5)),
  },
  {
    name: "one or two words of two",
    tokens: 112,
    classes: [2, 5],
    bag: 2,
    learned: 0.8,
    question: (random, bag) =>
      scattered(random, random.shuffle([...bag]).slice(0, 1 + random.integer(2)), random.integer(5)),
  },
  {
    name: "some words of four",
    tokens: 128,
    classes: [2, 6],
    bag: 4,
    learned: 0.9,
    question: (random, bag) =>
      scattered(random, random.shuffle([...bag]).slice(0, 2 + random.integer(2)), random.integer(5)),
  },
  { name: "sentences", tokens: 224, classes: [3, 6], bag: 6, learned: 0, question: sentence },
];

/** A template with words of the class in its gaps. */
export function sentence(random: Random, bag: readonly string[]): string[] {
  const words = random.shuffle([...bag]);
  const chosen = templates[random.integer(templates.length)]!.split(" ");
  return chosen.map((word) => (word === "_" ? words.pop()! : word));
}

function scattered(random: Random, words: string[], others: number): string[] {
  const filler = Array.from({ length: others }, () => functionWords[random.integer(functionWords.length)]!);
  return random.shuffle([...words, ...filler]);
}

/**
 * One episode. An end after a label carries loss only now and then: it is learned at once, and would drown the labels.
 * @param pool nouns are drawn from the first so many, labels from the first quarter of so many
 */
export function episode(random: Random, stage: Stage, pool: number, trainEnds: boolean): TokenizedRow {
  const [fewest, most] = stage.classes;
  const count = fewest + random.integer(most - fewest + 1);
  const drawn = random.shuffle(allContent.slice(0, pool));
  const labels = random.shuffle(labelWords.slice(0, Math.ceil(pool / 3))).slice(0, count);
  const bags = labels.map((_, i) => drawn.slice(i * stage.bag, (i + 1) * stage.bag));
  // Some classes come often, some rarely (Chan et al., 2022: burstiness favours learning in context).
  const skew = [0, 0.5, 1][random.integer(3)]!;
  const weights = labels.map((_, rank) => (rank + 1) ** -skew);

  const ids: number[] = [];
  const trained: number[] = [];
  const shown = new Set<number>();
  for (;;) {
    const which = pick(random, weights);
    const question = [...stage.question(random, bags[which]!), answerSign].map((word) => idOf.get(word)!);
    if (ids.length + question.length + 2 > stage.tokens) break;
    ids.push(...question, idOf.get(labels[which]!)!, idOf.get(endToken)!);
    trained.push(...question.map(() => 0), shown.has(which) ? 1 : 0, trainEnds ? 1 : 0);
    shown.add(which);
  }
  return { ids, trained };
}
function pick(random: Random, weights: readonly number[]): number {
  let remaining = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => {
    remaining -= weight;
    return remaining < 0;
  });
  return found < 0 ? weights.length - 1 : found;
}
