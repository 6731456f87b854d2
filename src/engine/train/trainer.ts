/**
 * The trainer: one optimizer step at a time. It knows nothing of files, processes or when to stop; the job that owns it
 * decides that between steps.
 *
 * An update happens only after the loss and the gradient norm were read and are finite, so a step that fails leaves the
 * state as it was.
 */
import type { DecoderConfig } from "../../architectures/config.ts";
import type { Method } from "../../methods/method.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { Random } from "../../random/random.ts";
import { type TunedModel, trainedFeeds } from "../model/tuned-model.ts";
import { type MappedWeights, Session } from "../runtime/session.ts";
import { batchFeeds, countTargets, type MicroBatch, type TokenizedRow } from "./batches.ts";
import { type BatchShape, type DropoutMask, gradientOutputs, lossGraph } from "./loss.ts";
import { AdamW, type AdamWSettings } from "./optimizer.ts";
import { learningRateAt, type ScheduleName } from "./schedule.ts";
import type { RowScore } from "./scorer.ts";
import { TrainingState } from "./state.ts";

export interface TrainerSettings extends AdamWSettings {
  seed: number;
  totalSteps: number;
  learningRate: number;
  schedule: ScheduleName;
  warmupSteps: number;
  /** Gradients are scaled down to this norm (Pascanu et al., 2013). */
  maxGradientNorm: number;
  gradientCheckpointing: boolean;
  threads: number;
}

export interface TrainerOptions {
  config: DecoderConfig;
  method: Method;
  weights: MappedWeights;
  /** Reads a tensor of the base model as float32. */
  readBase(name: string): Promise<Float32Array>;
  settings: TrainerSettings;
}

export interface StepReport {
  /** Counted from 1. */
  step: number;
  /** Mean over the trained tokens of the step, in nats. */
  loss: number;
  learningRate: number;
  gradientNorm: number;
  /** Tokens of the rows, padding left out. */
  tokens: number;
  trainedTokens: number;
  /** Share of the computed tokens that was padding. */
  paddingShare: number;
  /** Of each row, from the pass that the gradients come from: before this step's update, and with dropout. */
  rows: SeenRow[];
}

/** How well a row was known when it was trained on. */
export interface SeenRow extends RowScore {
  /** Its index. */
  row: number;
  /** Trained tokens that got more than half of the probability, so that no other token was likelier. */
  sure: number;
}

interface CompiledShape {
  session: Session;
  masks: DropoutMask[];
}

export class Trainer {
  readonly state: TrainingState;
  /** Optimizer steps done. */
  step = 0;

  readonly #options: TrainerOptions;
  readonly #optimizer: AdamW;
  readonly #gradients: Float32Array;
  /** The gradients of a further micro-batch, before they join the first's. */
  #partial: Float32Array | undefined;
  readonly #compiled = new Map<string, CompiledShape>();
  readonly #arrays: ReadonlyMap<string, Float32Array>;

  private constructor(options: TrainerOptions, state: TrainingState, optimizer: AdamW) {
    this.#options = options;
    this.state = state;
    this.#arrays = new Map(
      [...state.arrays.keys()].map((name) => [name, state.view(state.parameters, name)]),
    );
    this.#optimizer = optimizer;
    this.#gradients = new Float32Array(state.length);
  }

  /** A trainer at step 0, with the initial values of the method. */
  static async create(options: TrainerOptions): Promise<Trainer> {
    const { config, method, settings } = options;
    const trainables = method.trainables(config);
    const state = new TrainingState(trainables);
    await state.initialise(trainables, settings.seed, options.readBase);
    const optimizer = await AdamW.create(state, settings, { threads: settings.threads });
    return new Trainer(options, state, optimizer);
  }

  /**
   * The next optimizer step, over one or more micro-batches of `rows`.
   * @throws `loss-not-finite`, naming the step and its rows; the state is unchanged
   */
  async update(rows: readonly TokenizedRow[], batches: readonly MicroBatch[]): Promise<StepReport> {
    const { settings } = this.#options;
    const trainedTokens = batches
      .flatMap((batch) => batch.rows)
      .reduce((sum, row) => sum + countTargets(rows[row]!), 0);
    const weight = trainedTokens > 0 ? 1 / trainedTokens : 0;
    const seen: SeenRow[] = [];
    let loss = 0;
    for (const [micro, batch] of batches.entries()) {
      const result = await this.#gradientsOf(rows, batch, weight, micro);
      loss += result.loss;
      seen.push(...result.seen);
    }
    const gradientNorm = await this.#optimizer.norm(this.#gradients);
    this.#expectFinite(loss, gradientNorm, batches);

    const learningRate = learningRateAt(this.step, { ...settings, peak: settings.learningRate });
    // PyTorch's clip_grad_norm_: the small constant is part of its definition.
    const scale = Math.min(1, settings.maxGradientNorm / (gradientNorm + 1e-6));
    await this.#optimizer.update(this.#gradients, this.step + 1, learningRate, scale);
    this.step += 1;

    const tokens = batches
      .flatMap((batch) => batch.rows)
      .reduce((sum, row) => sum + rows[row]!.ids.length, 0);
    const computed = batches.reduce((sum, { shape }) => sum + shape.rows * shape.tokens, 0);
    return {
      step: this.step,
      loss,
      learningRate,
      gradientNorm,
      tokens,
      trainedTokens,
      paddingShare: 1 - tokens / computed,
      rows: seen,
    };
  }

  /** The model as it stands: its arrays are views of the state, so it changes with every step. */
  model(): TunedModel {
    const { config, method, weights } = this.#options;
    return { config, method, weights, arrays: this.#arrays };
  }

  /** Writes the state after the last step. */
  save(path: string): Promise<void> {
    return this.state.save(path, this.step);
  }

  /** Goes on from a saved state: the steps that follow are, bit for bit, those of a run that never stopped. */
  async restore(path: string): Promise<void> {
    this.step = await this.state.load(path);
  }

  async release(): Promise<void> {
    for (const { session } of this.#compiled.values()) await session.release();
    await this.#optimizer.release();
  }

  /** Runs one micro-batch; its gradients replace (the first) or join (the others) those of the step. */
  async #gradientsOf(rows: readonly TokenizedRow[], batch: MicroBatch, weight: number, micro: number) {
    const { session, masks } = await this.#compile(batch.shape);
    if (micro > 0) this.#partial ??= new Float32Array(this.state.length);
    const target = micro === 0 ? this.#gradients : this.#partial!;
    const into = Object.fromEntries(
      [...this.state.arrays.keys()].map((name) => [`gradient:${name}`, this.state.view(target, name)]),
    );
    const feeds = batchFeeds(rows, batch, weight);
    const results = await session.run(
      { ...feeds, ...trainedFeeds(this.#arrays), ...this.#dropout(masks, micro) },
      into,
    );
    if (micro > 0) await this.#optimizer.accumulate(this.#gradients, target);
    return {
      loss: Number(results.loss![0]),
      seen: seenRows(rows, batch, results.losses as Float32Array),
    };
  }

  /**
   * Masks from (seed, step, micro-batch, layer). One pool of draws serves all layers: each mask is a window into it that
   * starts at a place of its own, so filling the pool is all the work.
   */
  #dropout(masks: readonly DropoutMask[], micro: number): Record<string, Float32Array> {
    if (masks.length === 0) return {};
    const { seed } = this.#options.settings;
    const sizes = masks.map(({ shape }) => shape.reduce((product, length) => product * length, 1));
    const rate = masks[0]!.rate;
    const pool = new Float32Array(2 * Math.max(...sizes));
    const random = new Random(seed, "dropout", this.step, micro);
    const threshold = rate * 2 ** 32;
    for (let i = 0; i < pool.length; i++) if (random.bits() >= threshold) pool[i] = 1 / (1 - rate);
    return Object.fromEntries(
      masks.map(({ input }, layer) => {
        const size = sizes[layer]!;
        const start = random.integer(pool.length - size + 1);
        return [input, pool.subarray(start, start + size)];
      }),
    );
  }

  /** The session for a shape; the plan has a few only, and each is compiled when it first occurs. */
  async #compile(shape: BatchShape): Promise<CompiledShape> {
    const { config, method, weights, settings } = this.#options;
    const key = `${shape.rows}x${shape.tokens}x${shape.targets}`;
    let compiled = this.#compiled.get(key);
    if (!compiled) {
      const graph = lossGraph(config, method, shape, {
        training: true,
        checkpointing: settings.gradientCheckpointing,
      });
      const outputs = { loss: graph.loss, losses: graph.losses, ...gradientOutputs(graph) };
      const session = await Session.create(graph.g, outputs, { threads: settings.threads, weights });
      compiled = { session, masks: graph.masks };
      this.#compiled.set(key, compiled);
    }
    return compiled;
  }

  #expectFinite(loss: number, gradientNorm: number, batches: readonly MicroBatch[]): void {
    if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
    const what = Number.isFinite(loss) ? `gradient norm is ${gradientNorm}` : `loss is ${loss}`;
    const rows = batches.flatMap((batch) => batch.rows);
    throw new TunesmithError(
      "loss-not-finite",
      `step ${this.step + 1}: the ${what} (rows ${rows.join(", ")})`,
      "Lower train.learningRate, or look at these rows; the last checkpoint is kept.",
      { cause: { rows } },
    );
  }
}

/** @param losses of the batch's targets: those of its rows one after the other, then padding */
function seenRows(rows: readonly TokenizedRow[], batch: MicroBatch, losses: Float32Array): SeenRow[] {
  let at = 0;
  return batch.rows.flatMap((row): SeenRow[] => {
    const tokens = countTargets(rows[row]!);
    let loss = 0;
    let sure = 0;
    for (const target of losses.subarray(at, at + tokens)) {
      loss += target;
      if (target < Math.LN2) sure++;
    }
    at += tokens;
    return tokens > 0 ? [{ row, loss, tokens, sure }] : [];
  });
}
