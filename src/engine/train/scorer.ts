/** Losses of rows under a model that does not change meanwhile: validation, perplexity, the comparison. */
import { type TunedModel, trainedFeeds } from "../model/tuned-model.ts";
import { Session } from "../runtime/session.ts";
import { batchFeeds, countTargets, sequentialBatches, type TokenizedRow } from "./batches.ts";
import { type BatchShape, lossGraph } from "./loss.ts";

export interface RowScore {
  /** Sum over the row's trained tokens, in nats. */
  loss: number;
  /** Trained tokens. */
  tokens: number;
}

export class Scorer {
  readonly #model: TunedModel;
  readonly #threads: number;
  readonly #batchSize: number;
  readonly #sessions = new Map<string, Session>();

  constructor(model: TunedModel, { batchSize, threads = 0 }: { batchSize: number; threads?: number }) {
    this.#model = model;
    this.#batchSize = batchSize;
    this.#threads = threads;
  }

  /** @returns one score per row, in the rows' order */
  async score(rows: readonly TokenizedRow[]): Promise<RowScore[]> {
    const scores = rows.map((row) => ({ loss: 0, tokens: countTargets(row) }));
    const arrays = trainedFeeds(this.#model.arrays);
    for (const batch of sequentialBatches(rows, { batchSize: this.#batchSize })) {
      const session = await this.#session(batch.shape);
      const { losses } = await session.run({ ...batchFeeds(rows, batch, 1), ...arrays });
      let at = 0;
      for (const row of batch.rows) {
        for (let i = 0; i < scores[row]!.tokens; i++) scores[row]!.loss += Number(losses![at++]);
      }
    }
    return scores;
  }

  /** The mean loss over all trained tokens of `rows`, in nats. */
  async meanLoss(rows: readonly TokenizedRow[]): Promise<RowScore> {
    const scores = await this.score(rows);
    const tokens = scores.reduce((sum, score) => sum + score.tokens, 0);
    return { loss: scores.reduce((sum, score) => sum + score.loss, 0) / tokens, tokens };
  }

  async release(): Promise<void> {
    for (const session of this.#sessions.values()) await session.release();
    this.#sessions.clear();
  }

  async #session(shape: BatchShape): Promise<Session> {
    const key = `${shape.rows}x${shape.tokens}x${shape.targets}`;
    let session = this.#sessions.get(key);
    if (!session) {
      const { config, method, weights } = this.#model;
      const { g, losses } = lossGraph(config, method, shape, { training: false });
      session = await Session.create(g, { losses }, { threads: this.#threads, weights });
      this.#sessions.set(key, session);
    }
    return session;
  }
}
