/**
 * What training shows of a row: how likely its answer was each time it was met (dataset cartography: Swayamdipta et al.
 * 2020, arXiv 2009.10795), and whether it was learned and forgotten again (Toneva et al. 2019, arXiv 1812.05159).
 *
 * Both papers are about classifiers, whose answer is one class. Here an answer is many tokens, so its probability is that
 * per token: exp(−nll/tokens), the geometric mean, which does not shrink with an answer's length.
 *
 * What is measured comes from the step that trains on the row, before that step's update: the first epoch shows what the
 * model knew before it met the row, so learning shows from the second on. Dropout is on, as in both papers' training.
 */

/** One row in one epoch. */
export interface RowEpoch {
  epoch: number;
  /** Negative log-likelihood in nats, summed over the trained tokens. */
  nll: number;
  tokens: number;
  /** Trained tokens that got more than half of the probability. */
  sure: number;
}

export interface RowHistory {
  /** Mean over epochs of the probability per token, 0 to 1. */
  confidence: number;
  /** Its standard deviation over epochs, at most 0.5; null with fewer than two, which vary in nothing. */
  variability: number | null;
  /** Nats per token in the last epoch. */
  lastLoss: number;
  /** In how many epochs the row was met. */
  epochs: number;
  /** How often it was learned in one epoch and not in the next; null with fewer than two epochs. */
  forgotten: number | null;
  /** Learned in no epoch. False with a single one, in which the row had not been trained on yet. */
  neverLearned: boolean;
  /** Nats per token in each epoch. */
  losses: number[];
}

/** Tokens of a row that may be unsure although it is learned: one of so many. */
const toleratedShare = 1 / 10;

/**
 * Whether a row is learned: at least nine of ten of its trained tokens have more than half of the probability, so that an
 * answer of fewer than ten tokens must be sure in every one. A token with more than half is what greedy decoding takes, so
 * this is "classified correctly" (Toneva) token by token, as in exact memorisation (Tirumala et al. 2022, arXiv
 * 2205.10770), on the safe side: a first choice with less than half does not count. The mean probability would not do: in
 * a label of three tokens a wrong first one is outweighed by two that follow from it.
 *
 * Free text is seldom learned in this sense. Where hardly any row of a run is, that one never was says nothing of it.
 */
export function isLearned({ tokens, sure }: Pick<RowEpoch, "tokens" | "sure">): boolean {
  return tokens - sure <= Math.floor(tokens * toleratedShare);
}

/** @param epochs of one row, at least one, each with tokens, in order */
export function rowHistory(epochs: readonly RowEpoch[]): RowHistory {
  const losses = epochs.map(({ nll, tokens }) => nll / tokens);
  const probabilities = losses.map((loss) => Math.exp(-loss));
  const confidence = mean(probabilities);
  const learned = epochs.map(isLearned);
  const severalTimes = epochs.length > 1;
  return {
    confidence,
    variability: severalTimes ? Math.sqrt(mean(probabilities.map((p) => (p - confidence) ** 2))) : null,
    lastLoss: losses.at(-1)!,
    epochs: epochs.length,
    forgotten: severalTimes ? learned.filter((is, i) => !is && learned[i - 1]).length : null,
    neverLearned: severalTimes && !learned.includes(true),
    losses,
  };
}

export type Region = "easy" | "ambiguous" | "hard";

/** Where a row that varies this much counts as ambiguous: the right of the paper's maps, whose axis ends at 0.5. */
const ambiguousFrom = 0.2;
const easyFrom = 0.5;

/**
 * The region of the map: ambiguous where the probability varied by 0.2 or more, otherwise easy with a confidence of 0.5 or
 * more, and else hard (often a wrong label). The paper takes a third of the dataset for each, which would call a third of
 * any dataset hard; these lines are ours. Undefined with fewer than two epochs.
 */
export function regionOf({ confidence, variability }: RowHistory): Region | undefined {
  if (variability === null) return undefined;
  if (variability >= ambiguousFrom) return "ambiguous";
  return confidence >= easyFrom ? "easy" : "hard";
}

/**
 * Of each row, how many have a higher loss: 0 for the highest. Compared in the last epoch that all of them were met in,
 * as a run may end within one, and losses fall from epoch to epoch.
 */
export function lossRanks(histories: readonly Pick<RowHistory, "losses">[]): number[] {
  const epochs = histories.reduce(
    (least, { losses }) => Math.min(least, losses.length),
    Number.POSITIVE_INFINITY,
  );
  const losses = histories.map((history) => history.losses[epochs - 1]!);
  const sorted = Float64Array.from(losses).sort().reverse();
  const ranks = new Map<number, number>();
  for (const [rank, loss] of sorted.entries()) if (!ranks.has(loss)) ranks.set(loss, rank);
  return losses.map((loss) => ranks.get(loss)!);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
