/** What the last run learned of a row (dataset cartography: Swayamdipta et al. 2020, arXiv 2009.10795). */

export interface RowHistory {
  /** Name of the run. */
  run: string;
  /** Mean over epochs of the answer's probability per token, 0 to 1. */
  confidence: number;
  /** Its standard deviation over epochs; null with fewer than two. */
  variability: number | null;
  /** Mean loss per token in the last epoch, in nats. */
  lastLoss: number;
  epochs: number;
  /** How often it was learned in one epoch and not in the next; null with fewer than two. */
  forgotten: number | null;
  neverLearned: boolean;
  /** Position of `lastLoss` among all rows of the run: 0 is the highest. */
  lossRank: number;
  /** Rows of the run, and how many of them were ever learned. */
  rows: number;
  learnedRows: number;
  /** The median of the rows' last losses. */
  medianLoss: number;
}
